"""Entry point of ``python -m sim``."""

import atexit
import gc
import os
import sys

# The arrays are small: threads inside one product cost more than they save, and they would keep
# cores busy that other workers need. Set before numpy is imported.
for _library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")
# Charts go to files, whatever a notebook around this process draws with.
os.environ["MPLBACKEND"] = "agg"
# Xarray imports all of Dask, where that is installed, when it first sees an array.
if not any(word.startswith("--cluster") for word in sys.argv):
    sys.modules["dask"] = None  # type: ignore[assignment]
# At the end all is dropped as it is: to look for cycles in it costs a tenth of a run.
atexit.register(gc.freeze)

from sim.cli import main  # noqa: E402

if __name__ == "__main__":
    main()
