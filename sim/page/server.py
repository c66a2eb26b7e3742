"""The page on this computer: exact runs for whoever has it open, and nobody from elsewhere.

The standard library's server is enough: one page, one kind of request, a few visitors. Every
request says all that it needs, so that no visitor can see or change what another does.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sim.page.assumptions import Keys
from sim.page.data import Plan, settable
from sim.page.document import page_html
from sim.page.exact import Broken, Cancelled, ExactRuns

LARGEST = 100_000
"""Bytes of a request."""


class Server(ThreadingHTTPServer):
    """Serves one page, and exact runs, on 127.0.0.1.

    Parameters
    ----------
    plans : sequence of Plan
        As :func:`~sim.page.document.page_html` takes them.
    port : int
        0 for a free one.
    worlds : int
        Of an exact run.
    """

    daemon_threads = True
    request_queue_size = 64  # of visitors who come at once, none is turned away

    def __init__(
        self, plans: Sequence[Plan], port: int = 0, worlds: int = 1000, workers: int | None = None
    ) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.runs = ExactRuns(plans, worlds, workers)
        self.page = page_html(plans, live=True).encode()
        self.settable = settable(plans)
        here = self.server_address[1]
        self.hosts = {f"127.0.0.1:{here}", f"localhost:{here}"}

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.server_address[1]}/"

    def changes(self, plan: Any, said: Any) -> dict[Keys, float]:
        """What a visitor wants to change; raises ValueError where it cannot be changed."""
        if plan not in self.settable or not isinstance(said, dict):
            raise ValueError("there is no such plan")
        known, found = self.settable[plan], {}
        for key, value in said.items():
            if key not in known:
                raise ValueError(f"the plan has no assumption {key!r}")
            keys, low, high = known[key]
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise ValueError(f"{value!r} is not a number")
            if not low <= value <= high:
                raise ValueError(f"{value:g} is outside {low:g} to {high:g}")
            found[keys] = float(value)
        return found

    def server_close(self) -> None:
        super().server_close()
        self.runs.stop()


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server
    server_version, sys_version = "sim", ""
    protocol_version = "HTTP/1.1"
    timeout = 120

    def do_GET(self) -> None:
        if not self._from_here():
            return
        if self.path.split("?")[0] != "/":
            self._answer(HTTPStatus.NOT_FOUND, b"There is only one page: /", "text/plain")
            return
        self._answer(HTTPStatus.OK, self.server.page, "text/html")

    def do_POST(self) -> None:
        if not self._from_here():
            return
        length = self.headers.get("Content-Length", "")
        # a form of another page cannot send this type without asking first, and is never allowed
        if self.path != "/exact" or self.headers.get("Content-Type") != "application/json":
            self._answer(HTTPStatus.NOT_FOUND, b"Only /exact takes JSON", "text/plain")
        elif not length.isdecimal() or int(length) > LARGEST:
            self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, b"Too large", "text/plain")
        else:
            self._exact(self.rfile.read(int(length)))

    def _from_here(self) -> bool:
        """Whether it was meant for this server, not for a name made to lead here."""
        origin = self.headers.get("Origin")
        host = self.headers.get("Host", "")
        meant = host in self.server.hosts and origin in (None, f"http://{host}")
        if not meant:
            self._answer(HTTPStatus.FORBIDDEN, b"Only this computer is served", "text/plain")
        return meant

    def _exact(self, body: bytes) -> None:
        try:
            said = json.loads(body)
            visitor, number = str(said["visitor"])[:64], int(said["number"])
            asked = [
                (str(one["plan"]), self.server.changes(one["plan"], one["set"]))
                for one in said["runs"][:4]
            ]
        except (ValueError, KeyError, TypeError) as error:
            self._answer(HTTPStatus.BAD_REQUEST, f"{error}".encode(), "text/plain")
            return
        self.server.runs.newest(visitor, number)
        self.send_response(HTTPStatus.OK)
        self._heads("application/x-ndjson")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        lock = threading.Lock()
        gone = threading.Event()

        def say(message: dict[str, Any]) -> None:
            try:
                with lock:
                    self.wfile.write(json.dumps(message).encode() + b"\n")
                    self.wfile.flush()
            except OSError:  # the visitor has closed the page or moved on
                gone.set()

        def wanted() -> bool:
            return not gone.is_set() and self.server.runs.wanted(visitor, number)

        for n, (plan, changes) in enumerate(asked):

            def tell(share: float, before: int = n) -> None:
                say({"share": (before + share) / len(asked)})

            try:
                pack = self.server.runs.run(plan, changes, wanted, tell)
                say({"run": n, "pack": pack})
            except Cancelled:
                return
            except (Broken, ValueError) as error:
                say({"run": n, "error": str(error)})
                return

    def _answer(self, status: HTTPStatus, content: bytes, kind: str) -> None:
        self.send_response(status)
        self._heads(f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        if status != HTTPStatus.OK:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(content)

    def _heads(self, kind: str) -> None:
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("X-Frame-Options", "DENY")
        self.send_header("Referrer-Policy", "no-referrer")

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing of requests."""


def serve(
    plans: Sequence[Plan],
    port: int,
    worlds: int,
    workers: int | None,
    tell: Callable[[str], object],
) -> None:
    """Serve until interrupted; ``tell`` is told the address once it can be opened."""
    server = Server(plans, port, worlds, workers)
    try:
        tell(server.address)
        server.serve_forever()
    finally:
        server.server_close()
