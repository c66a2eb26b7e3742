"""Run a command and write what it took: ``python -I -S launcher.py RESULT.json COMMAND ...``.

A process of its own, and only the standard library, because of how Linux counts: the peak memory of
a new process starts at that of the process which started it. Measured from a small one it is its own.
Where the command starts processes itself, the peak is that of the largest single one.
"""  # noqa: E501 - the sentence is not broken

import json
import os
import signal
import subprocess
import sys
import time


def main() -> None:
    result, words = sys.argv[1], sys.argv[2:]
    start = time.perf_counter()
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    try:
        _, status, usage = os.wait4(process.pid, 0)
    except KeyboardInterrupt:
        process.wait()
        raise SystemExit(130) from None
    seconds = time.perf_counter() - start
    code = process.returncode = os.waitstatus_to_exitcode(status)
    # kilobytes on Linux, bytes on macOS
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    with open(result, "w", encoding="utf-8") as file:
        json.dump({"seconds": seconds, "peak": peak, "code": code}, file)


if __name__ == "__main__":
    main()
