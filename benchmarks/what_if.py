"""How fast and how exact the what-if page is: ``python -m benchmarks.what_if [SCENARIO …]``."""

from __future__ import annotations

import argparse
import json
import os
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from sim.commands.paging import finished_plans
from sim.ensemble.runner import run_scenario
from sim.formulas.statistics import wilson
from sim.page import Plan, write_page
from sim.page.assumptions import changed
from sim.page.server import Server
from sim.scenario import ScenarioError
from sim.scenario.loading import load_data
from tests.browser import Browser

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
        f"""page.book.inputs.filter(i => i.held[{number}]).map(i => [i.key, i.rank !== null,
          i.switch ? [0, 1] : i.held[{number}].ends.map(
            v => Math.round(100 * (v - i.low) / (i.high - i.low)))])"""
    )
    main = [one for one in inputs if one[1]]
    pool = main if chance.random() < 0.7 else inputs
    chosen = chance.sample(pool, min(len(pool), chance.randint(1, most)))
    return {key: chance.randint(*ends) for key, _, ends in chosen}


def speed(page: Browser, chance: random.Random) -> None:
    """From a move to the painted answer, with one to three sliders moved."""
    page.evaluate("page.set({set: {}})")
    made = [pair for _ in range(60) for pair in moves(page, 0, chance, 1).items()]
    took = page.evaluate(PAINTED % json.dumps([[key, step] for key, step in made[:3] * 20]))
    print(
        f"slider to painted answer: median {np.median(took):.0f} ms, "
        f"95 % within {np.quantile(took, 0.95):.0f} ms ({len(took)} moves, three sliders moved)"
    )
    page.evaluate("page.set({set: {}})")
    key = json.dumps(page.evaluate("page.book.inputs.find(i => i.rank === 0).key"))
    print(f"while dragging: {page.evaluate(DRAGGED % (key, 25)):.0f} answers a second")


def accuracy(page: Browser, plans: list[Plan], number: int, chance: random.Random) -> None:
    """How often the answer at once lies within the 95 % interval of 1,000 worlds run exactly."""
    rows, refused, warned = [], 0, 0
    while len(rows) < number:
        place = chance.randrange(len(plans))
        plan, goal = plans[place], chance.choice(["settled", "signed"])
        state = {"plan": plan.run.scenario.name, "goal": goal, "pins": []}
        state["set"] = moves(page, place, chance, chance.choice([1, 1, 2, 3]))
        answer = page.evaluate(f"page.set({json.dumps(state)})")
        if answer["ess"] < 100:
            warned += 1
            continue
        found = page.evaluate("page.wanted().flatMap(w => w.changes.map(c => [c.keys, c.value]))")
        changes = {tuple(keys): value for keys, value in found}
        try:
            loaded = load_data(changed(plan.loaded.raw, changes))
        except ScenarioError:
            refused += 1
            continue
        data = run_scenario(loaded, 1000, 1, traced=0).ensemble
        name = "settled_day" if goal == "settled" else "first_signed_day"
        hits = int(np.isfinite(data[name].values).sum())
        low, high = wilson(hits, 1000)
        error = np.sqrt(max(hits * (1000 - hits), 1000) / 1e6 * (1e-3 + 1 / answer["ess"]))
        rows.append((low <= answer["share"] <= high, (answer["share"] - hits / 1000) / error))
    inside, apart = np.array(rows, dtype=float).T
    print(
        f"answer at once within the exact run's 95 % interval: {inside.mean():.1%} of {number} "
        f"moves; distance in standard errors of both samples: {np.sqrt(np.mean(apart**2)):.2f} "
        f"(root mean square). {warned} more were warned of (worth under 100 worlds), "
        f"{refused} not allowed by the scenario."
    )


def exact(page: Browser, plans: list[Plan], chance: random.Random) -> None:
    """From the last move to the exact answer of 1,000 worlds."""
    with served(plans) as server:
        page.send("Page.navigate", url=server.address)
        wait(page, "page.exact")
        took = []
        for n in range(11):
            state = {"set": moves(page, 0, chance, 2), "plan": plans[0].run.scenario.name}
            start = time.monotonic()
            page.evaluate(f"page.go({{...page.state(), ...{json.dumps(state)}}}, true)")
            wait(page, "document.getElementById('support').dataset.kind === 'exact' ||"
                 " !document.getElementById('trouble').hidden")  # fmt: skip
            if n:  # the first starts the processes
                took.append(time.monotonic() - start)
        print(f"exact answer: median {np.median(took):.2f} s, longest {max(took):.2f} s")


@contextmanager
def served(plans: list[Plan]) -> Iterator[Server]:
    """A server that is ended afterwards."""
    server = Server(plans, 0, 1000, None)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def wait(page: Browser, condition: str) -> Any:
    """Until something is so on the page, at most a minute."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if page.evaluate(f"Boolean(window.page && ({condition}))"):
            return
        time.sleep(0.01)
    raise TimeoutError(condition)


def main() -> None:
    """Measure all of it and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenarios", nargs="*", default=["kellogg", "witkoff", "points_20"])
    parser.add_argument("--worlds", type=int, default=10_000)
    parser.add_argument("--moves", type=int, default=200)
    given = parser.parse_args()
    plans = finished_plans(given.scenarios, given.worlds, 1, (), None, True)
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as folder, Browser(Path(folder) / "profile") as page:
        path = Path(folder) / "page.html"
        write_page(plans, path)
        print(f"file: {path.stat().st_size / 1e6:.2f} MB")
        for width in (1200, 360):
            page.size(width)
            page.open(path)
            print(f"at {width} px:")
            speed(page, chance)
        page.size(1200)
        page.open(path)
        accuracy(page, plans, given.moves, chance)
        exact(page, plans, chance)
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
