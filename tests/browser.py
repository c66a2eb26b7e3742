"""Headless Chromium over the DevTools protocol on a pipe: no driver, no port, no download."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any, NoReturn

import pytest

from sim.page import Plan
from sim.page.server import Server

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
]
ON_3_AND_4 = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3]]
for number, end in enumerate(ends, start=3):
    os.dup2(end, number)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Chromium reads commands from descriptor 3 and writes answers to 4; others may be there first."""
PATIENCE = 90.0
"""Seconds to wait for an answer; far more than a slow machine needs."""


CONTRAST = """(() => {
  const linear = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const parts = t => t.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const clear = c => c.length === 4 && c[3] === 0;
  const own = e => parts(getComputedStyle(e).backgroundColor);
  const ground = e => !e ? [255, 255, 255] : clear(own(e)) ? ground(e.parentElement) : own(e);
  const said = e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  return [...document.querySelectorAll(WHERE)].filter(e => {
    if (!said(e) || !e.getClientRects().length || e.disabled) return false;
    if (['OPTION', 'SCRIPT'].includes(e.tagName)) return false;
    const style = getComputedStyle(e), drawn = e.namespaceURI.endsWith('svg');
    const ink = light(parts(drawn ? style.fill : style.color)), paper = light(ground(e));
    return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05) < 4.5;
  }).map(e => e.outerHTML.slice(0, 100)); })()"""


def missing(reason: str) -> NoReturn:
    """The test is skipped, but never in CI."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)


def find_chromium() -> str:
    """Path of the browser."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        missing("no chromium on PATH: install it (apt-get install chromium) to test reports")
    return found


def axe_script() -> str:
    """axe-core as the package axe-core-python brings it."""
    try:
        found = metadata.distribution("axe-core-python")
    except metadata.PackageNotFoundError:
        missing("axe-core-python is not installed: pip install '.[test]'")
    return Path(str(found.locate_file("axe_core_python/axe.min.js"))).read_text("utf-8")


@contextmanager
def served(plans: list[Plan], workers: int = 2) -> Iterator[Server]:
    """A server of the page that is ended afterwards."""
    server = Server(plans, 0, 1000, workers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Browser:
    """One page of a headless browser.

    Attributes
    ----------
    events : list of dict
        Everything that the browser reported so far: requests, console messages, errors.
    """

    def __init__(self, profile: Path) -> None:
        commands_out, self._commands = os.pipe()
        self._answers, answers_in = os.pipe()
        ends = (str(commands_out), str(answers_in))
        words = [find_chromium(), *FLAGS, f"--user-data-dir={profile}"]
        self._process = subprocess.Popen(
            [sys.executable, "-c", ON_3_AND_4, *ends, *words],
            pass_fds=(commands_out, answers_in),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(commands_out)
        os.close(answers_in)
        self._number, self._buffer, self.events = 0, b"", []
        self._session = ""
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        attached = self.send("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.send(f"{domain}.enable")

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *error: object) -> None:
        self._session = ""
        try:
            self.send("Browser.close")
            self._process.wait(20)
        except (OSError, RuntimeError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        finally:
            os.close(self._commands)
            os.close(self._answers)

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command and wait for its answer."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)

    def _next(self) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._answers], [], [], deadline - time.monotonic())
            piece = os.read(self._answers, 1 << 20) if ready else b""
            if not piece:
                raise RuntimeError("the browser does not answer")
            self._buffer += piece
        message, _, self._buffer = self._buffer.partition(b"\0")
        answer: dict[str, Any] = json.loads(message)
        return answer

    def evaluate(self, expression: str) -> Any:
        """Value of a JavaScript expression; promises are awaited."""
        answer = self.send(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def violations(self) -> list[str]:
        """What axe-core finds wrong with the page as it stands: rule, and the first elements."""
        self.evaluate(f"{axe_script()}; true")
        found: list[str] = self.evaluate(
            """axe.run(document, {resultTypes: ['violations']}).then(found => found.violations.map(
                 v => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map(n => n.html).join(' | ')}`))"""
        )
        return found

    def pale(self, where: str = "body *") -> list[str]:
        """Elements whose texts stand out too little from their ground (WCAG 2.1, 1.4.3)."""
        found: list[str] = self.evaluate(CONTRAST.replace("WHERE", json.dumps(where)))
        return found

    def size(self, width: int, height: int = 900) -> None:
        """Set the size of the window, as a phone where it is narrow."""
        view = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.send("Emulation.setDeviceMetricsOverride", **view)

    def open(self, path: Path) -> None:
        """Open a file and wait until it is there."""
        self.send("Page.navigate", url=path.resolve().as_uri())
        self.evaluate(
            """new Promise(function look(done) {
              document.readyState === "complete" ? done(true) : setTimeout(look, 10, done); })"""
        )

    def pdf(self) -> bytes:
        """The page as it would be printed."""
        printed = self.send("Page.printToPDF", printBackground=True, preferCSSPageSize=False)
        return base64.b64decode(printed["data"])

    def heard(self, method: str) -> list[dict[str, Any]]:
        """Parameters of the events of one kind so far."""
        return [e["params"] for e in self.events if e.get("method") == method]
