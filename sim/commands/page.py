"""``python -m sim page``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.commands import options as opt
from sim.commands.errors import fail, writing


def page(
    files: opt.Scenarios,
    worlds: Annotated[
        int, typer.Option(min=100, max=20_000, help="Worlds kept of each scenario.")
    ] = 10_000,
    seed: opt.Seed = 1,
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("out/what_if.html"),
    set_: opt.Set = None,
    calibration: opt.Calibration = None,
    workers: opt.Workers = None,
    quiet: opt.Quiet = False,
) -> None:
    """Write a page on which assumptions can be moved and answers seen at once, offline."""
    from sim.commands.paging import finished_plans, size_words
    from sim.page import write_page

    plans = finished_plans(
        files, worlds, seed, opt.overrides(set_, calibration), workers, not quiet
    )
    with writing(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        write_page(plans, out)
    if not quiet:
        print(f"{out}: {size_words(out)}; open it in a browser, no network is needed.")


def live(
    files: opt.Scenarios,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one.")
    ] = 8000,
    worlds: Annotated[
        int, typer.Option(min=100, max=20_000, help="Worlds kept for answers at once.")
    ] = 10_000,
    exact: Annotated[int, typer.Option(min=100, max=2000, help="Worlds of an exact run.")] = 1000,
    seed: opt.Seed = 1,
    set_: opt.Set = None,
    calibration: opt.Calibration = None,
    workers: opt.Workers = None,
    quiet: opt.Quiet = False,
) -> None:
    """Serve the same page on this computer, with an exact run after every move."""
    from sim.commands.paging import finished_plans
    from sim.page.server import serve

    plans = finished_plans(
        files, worlds, seed, opt.overrides(set_, calibration), workers, not quiet
    )
    try:
        serve(plans, port, exact, workers, lambda at: print(f"{at} (Ctrl-C ends it)", flush=True))
    except OSError as error:
        fail(f"--port {port}: {error.strerror}; choose another one, or 0 for any that is free.")
    except KeyboardInterrupt:
        print("Stopped.")
