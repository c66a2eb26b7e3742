"""Run a command and write what it took: ``python -I -S launcher.py RESULT.json COMMAND ...``.

A process of its own, and only the standard library, because of how Linux counts: the peak memory of
a new process starts at that of the process which started it. Measured from a small one it is its own.
Where the command starts processes itself, the peak is that of the largest single one.
"""  # noqa: E501 - the sentence is not broken

import json
import os
import subprocess
import sys
import time

start = time.perf_counter()
process = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
seconds = time.perf_counter() - start
code = process.returncode = os.waitstatus_to_exitcode(status)
# kilobytes on Linux, bytes on macOS
peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump({"seconds": seconds, "peak": peak, "code": code}, file)
