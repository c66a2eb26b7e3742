"""Heatmaps of sweeps by content: what they show, where it stands, and that nothing collides."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from sim.formulas.statistics import wilson
from sim.plots.heatmap import even_shades, heatmap
from sim.plots.style import SMALL, house_style
from sim.prose import percent, span_words
from sim.scenario import ScenarioError
from sim.studies.sweep.results import SweepResults, read_sweep
from sim.studies.sweep.surface import surface
from sim.views.colours import luminance
from sim.views.heatmap import heatmap_view
from tests.conftest import typed
from tests.pictures import faults
from tests.test_plots import panel
from tests.test_sweep import COSTS, LAND, run, write

VARY = {
    "grid": [COSTS, f"{LAND}=0.3,0.6", "actors.a.tactic.name=boulware,linear"],
    "wide": ["war.cost.a=0:0.04:11", f"{LAND}=0.2,0.5,0.8"],
    "fine": ["war.cost.a=0:0.04:30", f"{LAND}=0.2:0.8:16"],
    "one": ["war.cost.a=0,0.01,0.04"],
    "close": ["war.cost.a=0,0.0001,0.0002,0.03,0.0399,0.04"],
    "words": ["actors.a.tactic.name=boulware,linear", "protocol.name=alternating,shuttle"],
    "sobol": ["war.cost.a=0:0.04", f"{LAND}=0.2:0.8"],
    "never": [COSTS, f"{LAND}=0.9,0.95"],
}
DESIGN = {"sobol": "sobol:64"}
WORLDS = {"fine": 1}


@pytest.fixture(scope="session")
def sweeps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sweeps")


def swept(kind: str, folder: Path) -> SweepResults:
    """A sweep of a kind, made once."""
    if not (folder / kind).exists():
        changes = {"horizon_days": 7} if kind == "fine" else {}
        file = write(folder / f"{kind}.yaml", **changes)
        run(str(file), VARY[kind], folder / kind, WORLDS.get(kind, 12), DESIGN.get(kind, "grid"))
    return read_sweep(folder / kind)


def drawn(kind: str, folder: Path, **options: str) -> tuple[Figure, SweepResults]:
    results = swept(kind, folder)
    return heatmap(heatmap_view(results, **options)), results  # type: ignore[arg-type]


def texts(figure: Figure) -> list[Text]:
    """All texts that are seen, with their places computed."""
    FigureCanvasAgg(figure)
    with house_style():
        figure.canvas.draw()
    return [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]


def words(figure: Figure) -> str:
    return " ".join(" ".join(t.get_text() for t in texts(figure)).split())


def test_every_cell_shows_its_share_and_interval(sweeps: Path) -> None:
    figure, results = drawn("wide", sweeps)
    settled = results.values(results.measure("settlement")).reshape(11, 3, 12)
    axes = panel(figure, "map")
    shown = {}
    for text in axes.texts:
        x, y = text.get_position()
        shown[text.get_gid(), round(float(x)), round(float(y))] = text.get_text()
    for column, row in np.ndindex(11, 3):
        count = int(settled[column, row].sum())
        assert shown["value", column, row] == percent(count / 12)
        assert shown["interval", column, row] == span_words(list(wilson(count, 12)))
    labels = [t.get_text() for t in axes.get_xticklabels()]
    assert (labels[0], labels[-1], len(labels)) == ("0", "0.04", 11)
    rows = [t.get_text().split("\n") for t in axes.get_yticklabels()]
    assert [row[0] for row in rows] == ["0.2", "0.5", "0.8"]
    assert all(len(row) > 1 for row in rows), "with the text of the scale"


def test_colours_run_from_pale_at_0_in_even_steps_of_lightness(sweeps: Path) -> None:
    figure, results = drawn("wide", sweeps)
    settled = results.values(results.measure("settlement")).mean(axis=1).reshape(11, 3)
    cells = {p.get_gid(): p for p in panel(figure, "map").patches if isinstance(p, Rectangle)}
    lightness = {
        (c, r): luminance(cells[f"cell {r} {c}"].get_facecolor()) for c, r in np.ndindex(11, 3)
    }
    pairs = sorted((settled[at], lightness[at]) for at in lightness)
    assert all(a[1] >= b[1] for a, b in itertools.pairwise(pairs))
    assert lightness[0, 2] > 0.9  # nobody settles there
    # CIE lightness of the colours falls everywhere, nowhere more than twice as fast as elsewhere
    steps = np.array([luminance(tuple(c)) for c in even_shades(1.0, 33)])
    falls = -np.diff(116 * np.cbrt(steps) - 16)
    assert falls.min() > 0
    assert falls.max() < 2 * falls.min()


def test_axes_are_in_the_words_of_the_scenario_and_its_own_point_is_marked(sweeps: Path) -> None:
    figure, _ = drawn("wide", sweeps)
    said = words(figure)
    for text in ("A's cost of war", "war.cost.a", "B's red line on Land", LAND,
                 "the scenario's own value", "not a forecast", "33 cells, 12 worlds each",
                 "colour scale is this chart's own"):  # fmt: skip
        assert text in said
    marks = {line.get_gid(): line for line in panel(figure, "map").lines}
    assert marks["own x"].get_xdata()[0] == pytest.approx(5)  # 0.02 of 0 to 0.04 in 11 columns
    assert marks["own y"].get_ydata()[0] == pytest.approx(1 / 3)  # 0.3 between 0.2 and 0.5
    keyed = [one.get_marker() for one in figure.artists if isinstance(one, Line2D)]
    assert keyed == [marks[name].get_marker() for name in ("own x", "own y")]


def test_the_others_are_averaged_over_or_held(sweeps: Path) -> None:
    figure, results = drawn("grid", sweeps)
    assert "Averaged over A's tactic." in words(figure)
    settled = results.values(results.measure("settlement")).reshape(3, 2, 2, 12)
    shown = surface(results)
    assert shown.mean == pytest.approx(settled.mean(axis=(2, 3)).T)
    held = surface(results, at=["actors.a.tactic.name=linear"])
    assert held.mean == pytest.approx(settled[:, :, 1].mean(axis=2).T)
    assert "Held: A's tactic at linear." in words(
        heatmap(heatmap_view(results, at=["actors.a.tactic.name=linear"]))
    )
    other = surface(results, x="actors.a.tactic.name", y="war.cost.a", at=[f"{LAND}=0.60"])
    assert other.mean == pytest.approx(settled[:, 1].mean(axis=2))


def test_one_parameter_is_a_line_with_a_band(sweeps: Path) -> None:
    figure, results = drawn("one", sweeps, of="utility:b")
    axes = panel(figure, "line")
    line = next(x for x in axes.lines if x.get_gid() == "mean")
    values = results.values(results.measure("utility:b")).mean(axis=1)
    assert line.get_ydata() == pytest.approx(values)
    # 0, 0.01 and 0.04 lie on their scale, not side by side
    x = np.asarray(line.get_xdata(), dtype=float)
    assert (x[1] - x[0]) / (x[2] - x[0]) == pytest.approx(0.25)
    assert len(axes.collections) == 1
    low, high = axes.get_ylim()
    assert low <= 0 <= values.min() <= values.max() <= high


def test_few_worlds_are_counted_and_ranges_stand_beside_the_sampling_error(tmp_path: Path) -> None:
    table = {"names": ["believed_binds"], "rows": [[0.9 + n / 400] for n in range(39)]}
    file = write(tmp_path / "toy.yaml", engine={"calibration": table})
    run(str(file), [f"{LAND}=0.6,0.65,0.9"], tmp_path / "out", 200)
    results = read_sweep(tmp_path / "out")
    axes = panel(figure := heatmap(heatmap_view(results)), "line")
    assert "10–90 % of what past talks allow" in words(figure)
    assert "95 % interval of sampling" in words(figure)
    settled = results.values(results.measure("settlement")).sum(axis=1)
    few = [f"{n:.0f} of 200" for n in settled if 0 < n < 20]
    assert few
    below = [t.get_text().split("\n")[1:] for t in axes.get_xticklabels()]
    assert [count for counts in below for count in counts] == few
    drawn = {c.get_gid(): c for c in axes.collections}
    assert {"range", "sampling"} <= set(drawn)
    estimates = surface(results).found.values()
    assert sum(one.few for one in estimates) == len(few)
    assert all(one.sampling for one in estimates if one.few)
    run(str(file), [f"{LAND}=0.9,0.95", "war.cost.a=0,0.02"], tmp_path / "map", 200)
    view = heatmap_view(read_sweep(tmp_path / "map"))
    most = max(v.interval.high - v.interval.low for v in view.shown.found.values()) / 2
    assert any(one.few for one in view.shown.found.values())
    assert f"sampling is up to {100 * most:.2g} worlds of 100 either way" in view.subtitle, "too"


def test_sobol_points_are_binned_and_counted(sweeps: Path) -> None:
    figure, results = drawn("sobol", sweeps)
    said = words(figure)
    assert "Sobol' points in bins" in said
    shown = surface(results)
    assert int(shown.cells.sum()) == 64
    edges_x, edges_y = shown.x.edges, shown.y.edges
    x, y = (results.numbers(p) for p in results.header.parameters)
    inside = (x < edges_x[1]) & (y >= edges_y[-2])
    settled = results.values(results.measure("settlement"))[inside]
    assert shown.mean[-1, 0] == pytest.approx(settled.mean())
    assert f"{int(inside.sum())} points" in said
    with pytest.raises(ScenarioError, match="varied continuously"):
        surface(results, at=["war.cost.a=0.02"])


def test_where_nothing_happens_it_says_0_everywhere(sweeps: Path) -> None:
    figure, _ = drawn("never", sweeps)
    said = words(figure)
    assert "Worlds with a whole settlement: 0 % (0–24 %) everywhere" in said
    assert span_words(list(wilson(0, 12))) in said
    empty = words(drawn("never", sweeps, of="gain:a")[0])
    assert "gain from settling: no world settles" in empty
    assert "no world has a value" in empty
    assert "Too many cells" not in empty
    assert not [a for a in drawn("never", sweeps, of="gain:a")[0].axes if a.get_gid() == "colours"]
    line = heatmap(heatmap_view(swept("never", sweeps), "gain:a", at=[f"{LAND}=0.9"]))
    assert "no world settles" in words(line)
    assert len(panel(line, "line").get_yticks()) == 0
    assert "mean" not in {t.get_text() for t in texts(line)}


@pytest.mark.parametrize(
    ("kind", "of"),
    [(kind, "settlement") for kind in VARY] + [("grid", "ripeness"), ("wide", "gain:a")],
)
def test_texts_neither_collide_nor_leave_the_page_nor_are_tiny(
    kind: str, of: str, sweeps: Path
) -> None:
    figure, _ = drawn(kind, sweeps, of=of)
    assert min(text.get_fontsize() for text in texts(figure)) >= SMALL
    assert faults(figure) == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--of", "settlemnt"], "did you mean 'settlement'?"),
        (["--of", "gain:c"], "--of gain:c: there is no such measure here"),
        (["--x", "war.cost.b"], "is not varied in this sweep"),
        (["--x", "war.cost.a", "--y", "war.cost.a"], "choose two parameters"),
        (["--at", "war.cost.a=0.03"], "there is: 0, 0.02, 0.04"),
        (["--at", "war.cost.a"], "is not of the form PATH=VALUE"),
        (["--format", "gif"], "choose from png, svg, pdf"),
    ],
)
def test_mistakes_are_told(options: list[str], said: str, sweeps: Path) -> None:
    swept("grid", sweeps)
    done = typed("heatmap", sweeps / "grid", *options)
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert said in done.err


def test_a_folder_without_a_sweep_is_told(tmp_path: Path, sweeps: Path) -> None:
    assert "there is no sweep in this folder" in typed("heatmap", tmp_path).err
    assert typed("heatmap", tmp_path / "typo").code == 2
    assert not (tmp_path / "typo").exists()
    swept("grid", sweeps)
    shutil.copytree(sweeps / "grid", tmp_path / "broken")
    (tmp_path / "broken" / "results.zarr" / "journal" / "store.json").write_text("{")
    done = typed("heatmap", tmp_path / "broken")
    assert done.code == 2
    assert "cannot be read as a sweep" in done.err


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_the_command_writes_the_same_picture_every_time(
    suffix: str, sweeps: Path, tmp_path: Path
) -> None:
    swept("grid", sweeps)
    for name in ("one", "two"):
        out = tmp_path / f"{name}.{suffix}"
        assert typed("heatmap", sweeps / "grid", "--of", "ripeness", "--out", out).code == 0
    one, two = ((tmp_path / f"{n}.{suffix}").read_bytes() for n in ("one", "two"))
    assert one == two
    assert len(one) > 5000
