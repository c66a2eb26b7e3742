"""How fast and how exact the what-if page is: ``python -m benchmarks.what_if [SCENARIO …]``."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor
from concurrent.futures import wait as wait_for
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import figures
from benchmarks.figures import Figure, Findings, Requirement
from sim.commands.page import finished_plans
from sim.engine.draws import CHUNK, Draws
from sim.engine.model import PeaceTalks
from sim.ensemble.executors import cores
from sim.formulas.statistics import wilson
from sim.page import Plan, write_page
from sim.page.assumptions import changed
from sim.results.dataset import chunk_dataset
from sim.scenario import ScenarioError
from sim.scenario.loading import load_data
from tests.browser import Browser, served

PAINTED = """(async () => {
  const painted = () => new Promise(done => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = done;
    port2.postMessage(0);
  }));
  const moves = %s, took = [];
  for (const [key, step] of moves) {
    await new Promise(done => setTimeout(done, 20));
    const from = performance.now();
    page.act(key, step, false);
    await painted();
    took.push(performance.now() - from);
  }
  return took; })()"""
STEP = """((key, n) => { const input = page.book.byKey.get(key);
  if (input.switch) return n %% 2;
  const [low, high] = input.held[0].ends.map(
    v => Math.round(100 * (v - input.low) / (input.high - input.low)));
  return low + (n * 37 %% 100) * (high - low) / 100 | 0; })(%s, %d)"""
DRAGGED = """(async () => {
  const from = performance.now(), before = Number(document.documentElement.dataset.draws);
  for (let n = 0; performance.now() - from < 3000; n++) {
    page.act(%s, %d + n %% 50, false);
    await new Promise(done => setTimeout(done, 8));
  }
  return (Number(document.documentElement.dataset.draws) - before) / 3; })()"""


def moves(page: Browser, number: int, chance: random.Random, most: int) -> dict[str, int]:
    """Sliders and switches of a plan, moved at random; mostly those shown at first."""
    inputs = page.evaluate(
        f"""page.book.inputs.filter(i => i.held[{number}]).map(i => [i.key,
          i.held[{number}].rank !== null, i.switch ? [0, 1] : i.held[{number}].ends.map(
            v => Math.round(100 * (v - i.low) / (i.high - i.low)))])"""
    )
    main = [one for one in inputs if one[1]]
    pool = main if chance.random() < 0.7 else inputs
    chosen = chance.sample(pool, min(len(pool), chance.randint(1, most)))
    return {key: chance.randint(*ends) for key, _, ends in chosen}


def speed(page: Browser, width: int, chance: random.Random, table: Table) -> None:
    """From a move to the painted answer, with three sliders moved and three plans pinned."""
    table.say(f"painting at {width} px")
    page.evaluate("page.set({set: {}, pins: page.book.plans.map(p => p.name)})")
    made = [pair for _ in range(60) for pair in moves(page, 0, chance, 1).items()][:3]
    steps = [
        [key, page.evaluate(STEP % (json.dumps(key), n))] for n in range(20) for key, _ in made
    ]
    took = page.evaluate(PAINTED % json.dumps(steps))
    table.row(f"slider to painted answer, {width} px, median", 50, np.median(took), "ms")
    table.row("  95 % of moves within", 100, np.quantile(took, 0.95), "ms")
    page.evaluate("page.set({set: {}})")
    key = json.dumps(
        page.evaluate("page.book.inputs.find(i => !i.switch && i.held[0]?.rank != null).key")
    )
    table.row("  answers a second while dragging", 10, page.evaluate(DRAGGED % (key, 25)), "", True)
    page.evaluate("page.set({set: {}, pins: []})")


def asked(page: Browser, plans: list[Plan], chance: random.Random) -> Iterator[tuple[Any, ...]]:
    """Random moves: what the page answers at once, and the scenario with the same change."""
    while True:
        place, goal = chance.randrange(len(plans)), chance.choice(["settled", "signed"])
        plan = plans[place]
        state = {"plan": plan.run.scenario.name, "goal": goal, "pins": []}
        state["set"] = moves(page, place, chance, chance.choice([1, 1, 2, 3]))
        answer = page.evaluate(f"page.set({json.dumps(state)})")
        found = page.evaluate("page.wanted().flatMap(w => w.changes.map(c => [c.keys, c.value]))")
        yield answer, goal, changed(plan.loaded.raw, {tuple(k): v for k, v in found})


def run_anew(raw: Any, goal: str, draws: Draws) -> int | None:
    """In how many worlds it happens; None where the scenario does not allow the change."""
    try:
        loaded = load_data(raw)
    except ScenarioError:
        return None
    model = PeaceTalks(loaded.scenario, draws, trace=False)
    model.run()
    name = "settled_day" if goal == "settled" else "first_signed_day"
    return int(np.isfinite(chunk_dataset(model)[name].values).sum())


def accuracy(
    page: Browser,
    plans: list[Plan],
    number: int,
    end: float,
    chance: random.Random,
    own_seeds: bool,
    table: Table,
) -> None:
    """How often the answer at once lies within the interval of an exact run of 1,000 worlds.

    As on the page they are some of its own worlds, but another thousand for each move, or of a
    seed of its own: with always the same ones all moves that change little would be right or wrong
    together.
    """
    table.say("exact runs to compare with")
    rows, warned, refused, running = [], [], 0, dict[Future[Any], Any]()
    data = plans[0].run.ensemble
    seed, places = int(data.attrs["seed"]), range(0, max(data.sizes["world"] - 999, 1), 1000)
    source = enumerate(asked(page, plans, chance), start=1000)
    with ProcessPoolExecutor(cores(), multiprocessing.get_context("spawn")) as pool:
        while len(rows) < number and (time.monotonic() < end or running or not rows):
            while len(running) < 2 * cores() and (time.monotonic() < end or not rows):
                n, (answer, goal, raw) = next(source)
                chunk, first = divmod(chance.choice(places), CHUNK)
                draws = Draws(n, 1000) if own_seeds else Draws(seed, 1000, chunk, first=first)
                running[pool.submit(run_anew, raw, goal, draws)] = answer
            for done in wait_for(running, return_when=FIRST_COMPLETED).done:
                answer, hits = running.pop(done), done.result()
                if hits is None:
                    refused += 1
                    continue
                low, high = wilson(hits, 1000)
                apart = answer["share"] - hits / 1000
                reach = [hits / 1000 - low, high - hits / 1000]
                own = [
                    answer["share"] - answer["interval"][0],
                    answer["interval"][1] - answer["share"],
                ]
                # Newcombe 1998, method 10: the interval of a difference of two shares
                both = np.hypot(own[0], reach[1]) >= apart >= -np.hypot(own[1], reach[0])
                (rows if answer["ess"] >= 100 else warned).append(
                    (low <= answer["share"] <= high, both, answer["worth"])
                )
    found = np.array(rows[:number], dtype=float)
    whose = "seeds of their own" if own_seeds else "the page's worlds"
    what = f"at once within the exact 95 % interval ({len(found)} moves, {whose})"
    table.row(what, 95, 100 * found[:, 0].mean(), "%", True)
    worth = np.median(found[:, 2])
    table.row("  agrees with it, its own error counted too", None, 100 * found[:, 1].mean(), "%")
    table.row("  as many worlds run anew are as sure as it (median)", None, worth, "worlds")
    within = f"{100 * np.mean([one[0] for one in warned]):.0f} % within" if warned else "none"
    table.row(f"  moves warned of, apart: {within}", None, len(warned), "moves")
    table.row("  moves that the scenario does not allow", None, refused, "moves")


def exact(page: Browser, plans: list[Plan], chance: random.Random, table: Table) -> None:
    """From the last move to the exact answer of 1,000 worlds."""
    with served(plans) as server:
        table.say("exact answers")
        page.send("Page.navigate", url=server.address)
        wait(page, "page.exact")
        took = []
        for n in range(9):
            state = {"set": moves(page, 0, chance, 2), "plan": plans[0].run.scenario.name}
            start = time.monotonic()
            page.evaluate(f"page.go({{...page.state(), ...{json.dumps(state)}}}, true)")
            wait(page, "document.getElementById('support').dataset.kind === 'exact' ||"
                 " !document.getElementById('trouble').hidden")  # fmt: skip
            if n:  # the first may wait for the processes
                took.append(time.monotonic() - start)
    table.row("last move to exact answer of 1,000 worlds, median", 2, np.median(took), "s")
    table.row("  longest of 8", None, max(took), "s")


class Table(Findings):
    """What was measured beside its goals."""

    start = time.monotonic()

    def say(self, what: str) -> None:
        """What is done now, on stderr."""
        print(f"{time.monotonic() - self.start:4.0f} s  {what}", file=sys.stderr, flush=True)

    def row(
        self, what: str, goal: float | None, found: float, unit: str, least: bool = False
    ) -> None:
        """``least``: at least the goal is wanted, not at most."""
        wanted = None if goal is None else Requirement("at least" if least else "at most", goal)
        self.figures.append(Figure(what, (float(found),), unit, wanted))


def wait(page: Browser, condition: str) -> Any:
    """Until something is so on the page, at most a minute."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if page.evaluate(f"Boolean(window.page && ({condition}))"):
            return
        time.sleep(0.01)
    raise TimeoutError(condition)


def main() -> None:
    """Measure all of it within six minutes, and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenarios", nargs="*", default=["kellogg", "witkoff", "points_20"])
    parser.add_argument("--worlds", type=int, default=10_000)
    parser.add_argument("--moves", type=int, default=200, help="at most; fewer where time is short")
    parser.add_argument(
        "--seconds", type=float, default=330.0, help="when no move is begun any more"
    )
    parser.add_argument(
        "--own-seeds", action="store_true", help="exact runs of other worlds than the page's"
    )
    given = parser.parse_args()
    table, chance = Table("page", "The what-if page"), random.Random(1)
    table.say("worlds")
    plans = finished_plans(given.scenarios, given.worlds, 1, (), None, True)
    with tempfile.TemporaryDirectory() as folder, Browser(Path(folder) / "profile") as page:
        path = Path(folder) / "page.html"
        table.say("page")
        write_page(plans, path)
        table.row(
            f"file, {given.worlds:,} worlds of {len(plans)} plan(s)",
            2,
            path.stat().st_size / 1e6,
            "MB",
        )
        for width in (1200, 360):
            page.size(width)
            page.open(path)
            wait(page, "page.book")
            time.sleep(3)  # what is prepared after the first answer
            speed(page, width, chance, table)
        exact(page, plans, chance, table)
        page.size(1200)
        page.open(path)
        wait(page, "page.book")
        end = table.start + given.seconds
        accuracy(page, plans, given.moves, end, chance, given.own_seeds, table)
    table.row("load of the machine", None, os.getloadavg()[0], f"on {os.cpu_count()} cores")
    table.row("all of this", 360, time.monotonic() - table.start, "s")
    print(figures.table([table]))


if __name__ == "__main__":
    main()
