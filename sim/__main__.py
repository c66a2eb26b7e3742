"""Entry point of ``python -m sim``."""

import os

# The arrays are small: threads inside one product cost more than they save, and they would keep
# both cores busy while a second process draws. Set before numpy is imported.
for _library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

from sim.cli import main  # noqa: E402

if __name__ == "__main__":
    main()
