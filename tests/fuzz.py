"""Hostile input, made by knowing what the files look like: ``python -m tests.fuzz``.

A few small valid files are changed in one to three places: values are replaced by ones that nobody
expects, keys vanish or change places, lines of text are cut and doubled. The command is then run
as a user runs it. It may end well or with an error of its own; it may not crash, warn, write NaN,
or give shares that do not sum to 1.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import shutil
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.conftest import ENVOY, TOY, filed, typed
from tests.test_discrete_files import EXAMPLE
from tests.test_import import DECIDE, KTAB, POSITIONS, TABLE
from tests.test_tracks import LIMITED

SLOW = 5.0
"""Seconds beyond which ten worlds of a toy take too long."""
RICH: dict[str, Any] = copy.deepcopy(TOY) | {
    "sources": {"S": {"title": "A source", "date": "2025-01-01", "url": "https://example.org"}},
    "agenda": [
        {"name": "truce", "issues": ["arms"], "cost_factor": 0.3},
        {"name": "rest", "issues": ["land"]},
    ],
    "ratification": {
        "parliament": {
            "title": "Parliament", "of": "a", "threshold": 0.3, "judgement": "x",
            "positions": {"land": {"ideal": 0.1, "salience": 1}},
        }
    },
    "durability": {"years": 5},
    "spread": {"limit": 0.05, "salience": 0.2},
    "horizon_days": 140,
}  # fmt: skip
RICH["actors"]["host"] = {
    "name": "Host", "role": "facilitator", "communication": 0.1,
    "acceptability": {"a": 0.8, "b": 0.7}, "judgement": "x",
}  # fmt: skip
MEDIATION = {"text": {"land": 0.4}, "every": 2}
RICH["actors"]["envoy"] = ENVOY | {"judgement": "x", "mediation": MEDIATION}
RICH["protocol"] = {"name": "shuttle"}
RICH["actors"]["a"]["levers"] = {
    "embargo": {
        "title": "Embargo", "on": "b", "when": {"refuses": {"actor": "b", "times": 2}},
        "effect": {"cost": {"b": 0.01}}, "credibility": 0.6, "judgement": "x",
    }
}  # fmt: skip
TALKS: dict[str, Any] = copy.deepcopy(LIMITED) | {
    "sources": RICH["sources"],
    "horizon_days": "26w",
    "protocol": {"name": "single_text", "consent": 0.6, "turn": "7d"},
    "deadline": {"at": "13w", "known_to": ["a"], "after": "go_on", "judgement": "x"},
    "ask": [{"by": "2025-03-30", "text": "by spring?"}, {"by": "3mo", "text": "in three months?"}],
    "engine": {"stated_binds": 0.8, "line_error": 0.05, "tempo": 1.2},
    "base_rate": "formulation",
    "ratification": {
        "first": {
            "title": "Vote", "of": "a", "threshold": 0.9, "days": 30, "then": "second",
            "positions": {"land": {"ideal": 0.1, "salience": 1}}, "judgement": "x",
        },
        "second": {
            "title": "Again", "of": "a", "threshold": 0.2,
            "positions": {"land": {"ideal": 0.5, "salience": 1}}, "judgement": "x",
        },
    },
    "durability": {"years": 5},
    "outcome": {
        "signed": "2025-03-01", "kind": "settlement", "held": True, "gates": {"first": True},
        "terms": {"land": {"at": 0.5, "judgement": "x"}}, "note": "Signed.",
    },
}  # fmt: skip
TALKS["actors"]["a"] |= {
    "patience": "13w", "group": "west",
    "levers": {
        "aid": {
            "title": "Aid", "on": "b", "effect": {"cost": {"b": 0.02}}, "credibility": 0.7,
            "when": {"refuses": {"actor": "b"}, "accepts": {"actor": "a", "times": 2}},
            "delay": "2w", "judgement": "x",
        },
        "vote": {
            "title": "Vote", "on": [], "effect": {"cost": {"a": 0.01}}, "credibility": 0.5,
            "when": {"date": "2025-03-03"}, "judgement": "x",
        },
    },
}  # fmt: skip
TALKS["actors"]["b"] |= {"group": "east"}
TALKS["actors"]["c"] = copy.deepcopy(TALKS["actors"]["b"]) | {"name": "C", "consent": "asked"}
TALKS["actors"]["b"]["positions"]["land"] = {
    "ideal": 1, "salience": 6, "no_deal": 0.6, "judgement": "x",
    "line": [
        {"at": 0.5, "stated": True, "source": "S", "judgement": "x"},
        {"at": {"triangular": [0.3, 0.4, 0.45]}, "binds": 0.5, "judgement": "x"},
    ],
}  # fmt: skip
for _sides in (TALKS["actors"], TALKS["tracks"]["relief"]["positions"]):
    for _side in _sides.values():
        for _one in _side.get("positions", _side).values():
            _one.setdefault("judgement", "x")
TALKS["actors"]["envoy"] = ENVOY | {"judgement": "x", "mediation": MEDIATION | {"every": "2w"}}
ODD: list[Any] = [
    None, True, False, "", " ", "abc", "1e400", "0x10", -1, 0, 1, 2, 0.5, 1e-300, 1e300, -1e300,
    math.nan, math.inf, -math.inf, 10**30, [], {}, [0.2], [0.2, 0.1], {"a": 1}, {"uniform": [0, 1]},
    {"uniform": [1, 0]}, {"normal": [0.5, -1]}, {"normal": [1e300, 1e300]},
    {"triangular": [0, 1]}, {"triangular": [0.1, 0.5, 0.9]}, {"choice": []}, {"choice": {0.1: -1}},
    "2025-13-40", "9999-06-01", "0001-01-01", "a" * 5000, "\x1b[31mred\x1b[0m", "tab\tline\nbreak",
    "мир", "和平", "🕊", "<script>alert(1)</script>", "javascript:alert(1)", "../../etc", "{{7*7}}",
    "$x_1$", "null", "yes", "26w", "3 months",
]  # fmt: skip
LISTED: dict[str, Any] = yaml.safe_load(EXAMPLE)
GENIUS = """<negotiation_template><utility_space><objective>
<issue index="1" name="Price" type="integer" lowerbound="1" upperbound="3"/>
<issue index="2" name="Colour" type="discrete"><item index="1" value="red"/>
<item index="2" value="blue"/></issue></objective></utility_space></negotiation_template>"""
SPACE = """<utility_space><objective><issue index="1" name="Price" type="integer" lowerbound="1"
 upperbound="3"><evaluator ftype="linear" offset="{}" slope="{}"/></issue>
<issue index="2" name="Colour" type="discrete"><item index="1" value="red" evaluation="3"/>
<item index="2" value="blue" evaluation="1"/></issue><weight index="1" value="0.6"/>
<weight index="2" value="0.4"/></objective><discount_factor value="0.9"/>
<reservation value="0.1"/></utility_space>"""
KTAB_XML = """<Scenario><name>k</name><desc>Dams</desc><Dimensions><dName>Dam</dName></Dimensions>
<Actors><Actor><name>A</name><description>Up</description><capability>10</capability>
<Position><dCoord>20</dCoord></Position><Salience><dSal>50</dSal></Salience></Actor>
<Actor><name>B</name><description>Down</description><capability>5</capability>
<Position><dCoord>90</dCoord></Position><Salience><dSal>80</dSal></Salience></Actor></Actors>
</Scenario>"""
ROAD = {"name": "d", "issuesValues": {"Road": {"values": ["open", "shut"]},
                                      "Days": {"range": ["0", "2", "1"]}}}  # fmt: skip


def _geniusweb(open_: float) -> str:
    road = {"DiscreteValueSetUtilities": {"valueUtilities": {"open": open_, "shut": 0.5}}}
    ends = {"lowValue": 0, "lowUtility": 0, "highValue": 2, "highUtility": 1}
    space = {
        "issueUtilities": {"Road": road, "Days": {"NumberValueSetUtilities": ends}},
        "issueWeights": {"Road": 0.7, "Days": 0.3},
        "domain": ROAD,
        "reservationBid": {"issuevalues": {"Road": "shut", "Days": 0}},
    }
    return json.dumps({"LinearAdditiveUtilitySpace": space})


def _negmas(open_: float) -> str:
    function = {
        "type": "negmas.preferences.LinearAdditiveUtilityFunction",
        "weights": [3.0, 1.0],
        "values": [
            {"type": "TableFun", "mapping": {"open": open_, "shut": 0.5}},
            {"type": "AffineFun", "slope": 0.5, "bias": 0.0},
        ],
        "reserved_value": 0.75,
    }
    return yaml.safe_dump(function)


DAYS = {"name": "Days", "type": "negmas.outcomes.ContiguousIssue", "values": [0, 2]}
SEEDS: dict[str, dict[str, str]] = {
    "positions": {"positions.csv": POSITIONS},
    "ktab": {"ktab.csv": KTAB},
    "ktab_xml": {"k.xml": KTAB_XML},
    "decide": {"decide.csv": DECIDE},
    "expected_utility": {
        "emu.csv": "Actor,Capability,Position,Salience\nA,1,10,0.5\nB,0.5,90,0.6\nC,0.3,40,0.2\n"
    },
    "articles": {"articles.csv": TABLE},
    "genius": {
        "shop.xml": GENIUS,
        "buyer.xml": SPACE.format(1, -0.5),
        "seller.xml": SPACE.format(0, 0.5),
    },
    "geniusweb": {"a.json": _geniusweb(1.0), "b.json": _geniusweb(0.2)},
    "negmas": {
        "domain.yml": yaml.safe_dump(
            {"issues": [{"name": "Road", "values": ["open", "shut"]}, DAYS]}
        ),
        "a.yml": _negmas(1.0),
        "b.yml": _negmas(0.2),
    },
}
"""Files of every kind that can be imported."""
ZIPPED = ("genius", "geniusweb", "negmas")


def paths(node: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Places of a nested value, the root left out."""
    items = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in items:
        yield (*here, key)
        if isinstance(value, dict | list):
            yield from paths(value, (*here, key))


@st.composite
def changed(draw: st.DrawFn, seed: Any) -> Any:
    """Nested data of which one to three places are other than expected."""
    data = copy.deepcopy(seed)
    for _ in range(draw(st.integers(1, 3))):
        places = list(paths(data))
        if not places:
            break
        *above_, last = draw(st.sampled_from(places))
        above = data
        for step in above_:
            above = above[step]
        change = draw(st.sampled_from(["value", "value", "value", "drop", "rename", "number"]))
        if change == "value":
            above[last] = copy.deepcopy(draw(st.sampled_from(ODD)))
        elif change == "number":
            above[last] = draw(st.floats(allow_nan=False, allow_infinity=False))
        elif change == "drop":
            del above[last]
        elif isinstance(above, dict):
            key = draw(st.sampled_from(["a", "land", "x y", "on", "no", 1, 0.7]))
            above[key] = above.pop(last)
    return data


@st.composite
def scenarios(draw: st.DrawFn) -> str:
    """The text of a scenario file that was once valid."""
    data = draw(changed(draw(st.sampled_from([TOY, RICH, TALKS, TALKS, LISTED]))))
    return draw(torn(yaml.safe_dump(data, sort_keys=False, allow_unicode=True)))


@st.composite
def torn(draw: st.DrawFn, text: str) -> str:
    """A text of which, now and then, lines are cut, doubled or spoilt."""
    lines = text.split("\n")
    if draw(st.integers(0, 3)) == 0:
        n = draw(st.integers(0, len(lines) - 1))
        how = draw(st.sampled_from(["cut", "double", "tag", "odd", "end"]))
        if how == "cut":
            lines[n] = lines[n][: draw(st.integers(0, max(len(lines[n]), 1)))]
        elif how == "double":
            lines.insert(n, lines[n])
        elif how == "tag":
            lines[n] = lines[n].replace(": ", ": !!int ", 1)
        elif how == "odd":
            lines[n] += draw(
                st.sampled_from([",", '"', "&x", "*x", "<<: *x", ": :", "\t", "\x00", "é"])
            )
        else:
            lines = lines[:n]
    return "\n".join(lines)


@st.composite
def imports(draw: st.DrawFn) -> tuple[str, dict[str, str], float | None]:
    """Kind and files of which one is spoilt, and where its archive is cut, if it is zipped."""
    kind = draw(st.sampled_from(sorted(SEEDS)))
    files = dict(SEEDS[kind])
    name = draw(st.sampled_from(sorted(files)))
    files[name] = draw(torn(draw(spoilt(name, files[name]))))
    zipped = kind in ZIPPED and draw(st.integers(0, 4)) == 0
    return kind, files, draw(st.sampled_from([1.0, 0.3, 0.9])) if zipped else None


@st.composite
def spoilt(draw: st.DrawFn, name: str, text: str) -> str:
    """A file with one to three odd values; of a table cells, of XML what stands in quotes."""
    if name.endswith(".json"):
        return json.dumps(draw(changed(json.loads(text))), default=str)
    if name.endswith(".yml"):
        return yaml.safe_dump(draw(changed(yaml.safe_load(text))), sort_keys=False)
    separator = '"' if name.endswith(".xml") else ","
    for _ in range(draw(st.integers(1, 3))):
        cells = text.split(separator)
        n = draw(st.integers(0, len(cells) - 1))
        odd = str(draw(st.sampled_from([v for v in ODD if not isinstance(v, dict | list)])))
        # a cell may hold the end of its line and the beginning of the next
        line, end, following = cells[n].partition("\n")
        cells[n] = odd + end + following if draw(st.booleans()) else line + end + odd
        text = separator.join(cells)
    return text


SETTINGS = st.tuples(
    st.sampled_from(
        [".".join(map(str, p)) for p in (*paths(RICH), *paths(TALKS))]
        + ["", ".", "a..b", "war", "actors.zz"]
    ),
    st.sampled_from(["=", "==", "", ":"]),
    st.sampled_from(
        [*map(str, ODD), "!!int abc", "[", "{a: ", "*x", "&x 1", "0:1", "0:inf:3", "0,5", "a,b"]
    ),
).map("".join)


class Fault(AssertionError):
    """The program did what it must never do."""


def command(words: list[str], seconds: float = SLOW) -> str:
    """Run a command in this process; what it printed. Raises :class:`Fault`.

    What takes too long is a fault where thousands are tried; tests look at no clock.
    """
    begun = time.process_time()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            ended = typed(*words)
    except Exception as error:
        raise Fault(f"{words}: {traceback.format_exc()}") from error
    if ended.code not in (0, 1, 2) or "Traceback" in ended.err:
        raise Fault(f"{words}: exit code {ended.code}\n{ended.err}")
    if __name__ == "__main__" and time.process_time() - begun > seconds:
        raise Fault(f"{words}: took {time.process_time() - begun:.1f} s")
    return ended.out


def sound(text: str) -> None:
    """A printed summary holds no NaN, and its outcomes are shares of one whole."""
    if not text.startswith("{"):
        return

    def refuse(word: str) -> None:
        raise Fault(f"the summary holds {word}")

    summary = json.loads(text, parse_constant=refuse)
    outcomes = summary.get("outcomes")
    if isinstance(outcomes, dict) and abs(sum(outcomes.values()) - 1.0) > 1e-3:
        raise Fault(f"shares sum to {sum(outcomes.values())}")


RUN = ["--worlds", "10", "--no-plots", "--json", "--workers", "1"]


def try_scenario(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hostile.yaml"
        path.write_text(text, encoding="utf-8", errors="surrogatepass")
        command(["check", str(path)])
        ran = command(["run", str(path), *RUN, "--out", folder])
        sound(ran)
        if ran.startswith("{") and len(text) % 40 == 0:  # what is slow looks at some only
            few = ["--quiet", "--workers", "1", "--worlds", "100"]
            command(["explain", str(path), *few, "--out", f"{folder}/e"], 60)
            command(["page", str(path), *few, "--out", f"{folder}/p.html"], 60)
            command(["run", str(path), *few, "--report", "--out", f"{folder}/charts"], 60)


def try_setting(setting: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = filed(Path(folder), TALKS if len(setting) % 2 else RICH, "rich")
        sound(command(["run", str(path), *RUN, "--set", setting, "--out", folder]))
        sweep = ["--worlds", "2", "--no-plots", "--workers", "1", "--quiet", "--out", f"{folder}/s"]
        command(["sweep", str(path), "--vary", setting, *sweep], 4 * SLOW)


def try_import(given: tuple[str, dict[str, str], float | None]) -> None:
    kind, files, cut = given
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / kind
        place.mkdir()
        for name, text in files.items():
            (place / name).write_text(text, encoding="utf-8", errors="surrogatepass")
        source = place if len(files) > 1 else place / next(iter(files))
        if cut is not None:
            source = Path(folder) / f"{kind}.zip"
            with zipfile.ZipFile(source, "w") as archive:
                for file in place.iterdir():
                    archive.write(file, f"{kind}/{file.name}")
            content = source.read_bytes()
            source.write_bytes(content[: int(cut * len(content))])
        made = Path(folder) / "made.yaml"
        command(["import", str(source), "--out", str(made)])
        if made.exists():
            sound(command(["run", str(made), *RUN, "--out", folder]))


@st.composite
def damages(draw: st.DrawFn) -> tuple[str, float, bytes]:
    """Which saved file is damaged, where, and by what."""
    name = draw(st.sampled_from(["summary.json", "result.nc", "zarr", "cells.csv", "sweep.json"]))
    return name, draw(st.floats(0, 1)), draw(st.binary(min_size=0, max_size=8))


SWEPT = ["--vary", "war.cost.a=0.01,0.03", "--worlds", "4"]
_saved: list[Path] = []


def saved() -> Path:
    """A folder with saved results of every kind, made once."""
    if not _saved:
        folder = Path(tempfile.mkdtemp())
        path = filed(folder, RICH, "rich")
        base = ["--worlds", "10", "--no-plots", "--quiet", "--workers", "1"]
        command(["run", str(path), *base, "--out", str(folder / "run")], 60)
        command(["run", str(path), *base, "--store", "--out", str(folder / "stored")], 60)
        command(["sweep", str(path), *base[2:], *SWEPT, "--out", str(folder / "sweep")], 60)
        _saved.append(folder)
    return _saved[0]


def try_damage(damage: tuple[str, float, bytes]) -> None:
    name, where, bytes_ = damage
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(folder) / "saved"
        shutil.copytree(saved(), copied)
        pattern = "*.zarr/**/*" if name == "zarr" else name
        files = sorted(p for p in copied.rglob(pattern) if p.is_file())
        if not files:
            return
        victim = files[int(where * (len(files) - 1))]
        data = victim.read_bytes()
        at = int(where * len(data))
        victim.write_bytes(
            data[:at] + bytes_ + data[at + 2 * len(bytes_) :] if bytes_ else data[:at]
        )
        rich, stored = str(copied / "rich.yaml"), victim.is_relative_to(copied / "stored")
        base = ["--no-plots", "--quiet", "--workers", "1"]
        if victim.is_relative_to(copied / "sweep"):
            command(["heatmap", str(copied / "sweep"), "--out", f"{folder}/h.png"], 60)
            again = [*SWEPT, "--out", str(copied / "sweep")]
            command(["sweep", rich, *base, *again], 60)
            return
        command(["compare", str(victim.parents[len(victim.relative_to(copied).parts) - 3]), rich,
                 *base, "--worlds", "10", "--out", f"{folder}/c"], 60)  # fmt: skip
        result = str(next(copied.rglob("result.nc")))
        command(["solve", rich, *base[:2], "--run", result, "--out", f"{folder}/so"], 60)
        again = ["--worlds", "10", "--out", str(copied / ("stored" if stored else "run"))]
        command(["run", rich, *base, *again, *(["--store"] if stored else [])], 60)


KINDS: dict[str, tuple[Any, Any]] = {
    "scenarios": (scenarios(), try_scenario),
    "settings": (SETTINGS, try_setting),
    "imports": (imports(), try_import),
    "damages": (damages(), try_damage),
}


def fuzz(kind: str, examples: int, seed: int | None = None) -> Counter[str]:
    """Try so many inputs of a kind; the last line of each fault, and how often it came."""
    strategy, attempt = KINDS[kind]
    faults: Counter[str] = Counter()
    shown: dict[str, str] = {}

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        derandomize=seed is None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def tried(value: Any) -> None:
        try:
            attempt(value)
        except Fault as fault:
            said = str(fault).strip().splitlines()[-1][:160]
            faults[said] += 1
            shown.setdefault(said, f"{value!r}\n{fault}")

    if seed is not None:
        from hypothesis import seed as seeded

        tried = seeded(seed)(tried)
    tried()
    for said, whole in shown.items():
        print(f"--- {kind}: {said} ({faults[said]} times)\n{whole[-3000:]}\n", file=sys.stderr)
    return faults


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=2500, help="of each kind")
    parser.add_argument("--kind", choices=list(KINDS), action="append")
    parser.add_argument("--seed", type=int)
    given_ = parser.parse_args()
    total = 0
    for one in given_.kind or KINDS:
        found = fuzz(one, given_.examples, given_.seed)
        total += sum(found.values())
        print(
            f"{one}: {given_.examples:,} tried, {sum(found.values())} faults of {len(found)} sorts"
        )
    raise SystemExit(1 if total else 0)
