"""Entry point of ``python -m benchmarks``."""

import os

# One thread in a product, as on the command line of `sim`, for both sides of every comparison;
# processes started from here inherit it. Set before numpy is imported.
for _library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

if __name__ == "__main__":
    # here, so that worker processes, which read this file too, need not import all of it
    from benchmarks.command import main

    raise SystemExit(main())
