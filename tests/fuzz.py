"""Hostile input, made by knowing what the files look like: ``python -m tests.fuzz``.

A few small valid files are changed in one to three places: values are replaced by ones that nobody
expects, keys vanish or change places, lines of text are cut and doubled. The command is then run as a
user runs it. It may end well or with an error of its own; it may not crash, warn, write NaN, or give
shares that do not sum to 1.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import io
import json
import math
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sim.cli import main
from tests.conftest import TOY

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
RICH["actors"]["envoy"] = {
    "name": "Envoy", "role": "formulator", "judgement": "x",
    "mediation": {"text": {"land": 0.4}, "every": 2},
}  # fmt: skip
RICH["protocol"] = {"name": "shuttle"}
RICH["actors"]["a"]["levers"] = {
    "embargo": {
        "title": "Embargo", "on": "b", "when": {"refuses": {"actor": "b", "times": 2}},
        "effect": {"cost": {"b": 0.01}}, "credibility": 0.6, "judgement": "x",
    }
}  # fmt: skip
ODD: list[Any] = [
    None, True, False, "", " ", "abc", "1e400", "0x10", -1, 0, 1, 2, 0.5, 1e-300, 1e300, -1e300,
    math.nan, math.inf, -math.inf, 10**30, [], {}, [0.2], [0.2, 0.1], {"a": 1}, {"uniform": [0, 1]},
    {"uniform": [1, 0]}, {"normal": [0.5, -1]}, {"normal": [1e300, 1e300]},
    {"triangular": [0, 1]}, {"triangular": [0.1, 0.5, 0.9]}, {"choice": []}, {"choice": {0.1: -1}},
    "2025-13-40", "9999-06-01", "0001-01-01", "a" * 5000, "\x1b[31mred\x1b[0m", "tab\tline\nbreak",
    "мир", "和平", "🕊", "<script>alert(1)</script>", "javascript:alert(1)", "../../etc", "{{7*7}}",
    "$x_1$", "null", "yes", "26w", "3 months",
]  # fmt: skip
TABLES = {
    "positions.csv": "issue,actor,position,salience,power\ntax,A,10,50,1\ntax,B,90,60,2\ntax,C,40,20,1\n",
    "ktab.csv": "Actor,Description,Power,tax-Pos,tax-Sal\nA,a,10,20,30\nB,b,20,80,60\nC,c,5,50,10\n",
    "decide.csv": "Actor,Capability,Position,Salience\nA,1,10,0.5\nB,0.5,90,0.6\nC,0.3,40,0.2\n",
    "articles.csv": "article,text,A,B\n1,Truce,9,8\n2,Aid,7,3\n3,Land,2,9\n",
    "domain.xml": (
        '<negotiation_template><utility_space number_of_issues="1"><objective index="0" '
        'name="all" type="objective" description=""><issue etype="discrete" index="1" name="tax" '
        'type="discrete" vtype="discrete"><item index="1" value="low" evaluation="1"/><item '
        'index="2" value="high" evaluation="3"/></issue><weight index="1" value="1.0"/>'
        "</objective></utility_space></negotiation_template>"
    ),
}


def paths(node: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Places of a nested value, the root left out."""
    items = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in items:
        yield (*here, key)
        if isinstance(value, dict | list):
            yield from paths(value, (*here, key))


@st.composite
def scenarios(draw: st.DrawFn) -> str:
    """The text of a scenario file that was once valid."""
    data = copy.deepcopy(draw(st.sampled_from([TOY, RICH])))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(paths(data))))
        above = data
        for step in path[:-1]:
            above = above[step]
        change = draw(st.sampled_from(["value", "value", "value", "drop", "rename", "number"]))
        if change == "value":
            above[path[-1]] = copy.deepcopy(draw(st.sampled_from(ODD)))
        elif change == "number":
            above[path[-1]] = draw(st.floats(allow_nan=False, allow_infinity=False))
        elif change == "drop":
            del above[path[-1]]
        elif isinstance(above, dict):
            above[draw(st.sampled_from(["a", "land", "x y", "on", "no", 1, 0.7]))] = above.pop(
                path[-1]
            )
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
def tables(draw: st.DrawFn) -> tuple[str, str]:
    """Name and text of a table to import."""
    name = draw(st.sampled_from(sorted(TABLES)))
    text = TABLES[name]
    for _ in range(draw(st.integers(1, 3))):
        cells = text.replace("\n", "\n,").split(",") if name.endswith(".csv") else text.split('"')
        n = draw(st.integers(0, len(cells) - 1))
        odd = draw(st.sampled_from([v for v in ODD if not isinstance(v, dict | list)]))
        cells[n] = str(odd)
        text = ",".join(cells).replace("\n,", "\n") if name.endswith(".csv") else '"'.join(cells)
    return name, draw(torn(text))


SETTINGS = st.tuples(
    st.sampled_from(
        [".".join(map(str, p)) for p in paths(RICH)] + ["", ".", "a..b", "war", "actors.zz"]
    ),
    st.sampled_from(["=", "==", "", ":"]),
    st.sampled_from(
        [*map(str, ODD), "!!int abc", "[", "{a: ", "*x", "&x 1", "0:1", "0:inf:3", "0,5", "a,b"]
    ),
).map("".join)


class Fault(AssertionError):
    """The program did what it must never do."""


def command(words: list[str], seconds: float = SLOW) -> str:
    """Run a command in this process; what it printed. Raises :class:`Fault`."""
    out, err = io.StringIO(), io.StringIO()
    begun = time.process_time()
    try:
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            warnings.simplefilter("error")
            main(words)
    except SystemExit as ended:
        if ended.code not in (0, 1, 2, None):
            raise Fault(f"{words}: exit code {ended.code}") from ended
    except Exception as error:
        raise Fault(f"{words}: {traceback.format_exc()}") from error
    if "Traceback" in err.getvalue():
        raise Fault(f"{words}: {err.getvalue()}")
    if time.process_time() - begun > seconds:
        raise Fault(f"{words}: took {time.process_time() - begun:.1f} s")
    return out.getvalue()


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
        sound(command(["run", str(path), *RUN, "--out", folder]))


def try_setting(setting: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rich.yaml"
        path.write_text(yaml.safe_dump(RICH, sort_keys=False))
        sound(command(["run", str(path), *RUN, "--set", setting, "--out", folder]))
        sweep = ["--worlds", "2", "--no-plots", "--workers", "1", "--quiet", "--out", f"{folder}/s"]
        command(["sweep", str(path), "--vary", setting, *sweep], 4 * SLOW)


def try_table(table: tuple[str, str]) -> None:
    name, text = table
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(text, encoding="utf-8", errors="surrogatepass")
        made = Path(folder) / "made.yaml"
        command(["import", str(path), "--out", str(made)])
        if made.exists():
            sound(command(["run", str(made), *RUN, "--out", folder]))


@st.composite
def damages(draw: st.DrawFn) -> tuple[str, float, bytes]:
    """Which saved file is damaged, where, and by what."""
    name = draw(st.sampled_from(["summary.json", "result.nc", "zarr", "cells.csv", "sweep.json"]))
    return name, draw(st.floats(0, 1)), draw(st.binary(min_size=0, max_size=8))


_saved: list[Path] = []


def saved() -> Path:
    """A folder with saved results of every kind, made once."""
    if not _saved:
        folder = Path(tempfile.mkdtemp())
        path = folder / "rich.yaml"
        path.write_text(yaml.safe_dump(RICH, sort_keys=False))
        base = ["--worlds", "10", "--no-plots", "--quiet", "--workers", "1"]
        command(["run", str(path), *base, "--out", str(folder / "run")], 60)
        command(["run", str(path), *base, "--store", "--out", str(folder / "stored")], 60)
        sweep = ["--vary", "war.cost.a=0.01,0.03", *base[2:], "--worlds", "4"]
        command(["sweep", str(path), *sweep, "--out", str(folder / "sweep")], 60)
        _saved.append(folder)
    return _saved[0]


def try_damage(damage: tuple[str, float, bytes]) -> None:
    import shutil

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
        runs = [str(p.parent) for p in sorted(copied.rglob("summary.json"))]
        command(["compare", *runs, "--no-plots", "--out", f"{folder}/c"], 60)
        if runs:
            command(["solve", runs[0], "--out", f"{folder}/so"], 60)
        command(["heatmap", str(copied / "sweep"), "--out", f"{folder}/h.png"], 60)
        rich = str(copied / "rich.yaml")
        base = ["--worlds", "10", "--no-plots", "--quiet", "--workers", "1", "--store"]
        command(["run", rich, *base, "--out", str(copied / "stored")], 60)


KINDS: dict[str, tuple[Any, Any]] = {
    "scenarios": (scenarios(), try_scenario),
    "settings": (SETTINGS, try_setting),
    "tables": (tables(), try_table),
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
