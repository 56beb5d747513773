"""An API on this machine that behaves or misbehaves as a test says."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Request:
    """What was asked."""

    number: int
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """What is answered; a body that is no bytes is written as JSON.

    ``cut`` promises more bytes than are sent; ``reset`` breaks the connection in the middle of the body.
    """

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    reset: bool = False


@dataclass
class Api:
    """A running server.

    Attributes:
        answer: Called for every request.
        requests: Everything that was asked so far.
    """

    port: int
    answer: Callable[[Request], Answer] = lambda request: Answer([])
    requests: list[Request] = field(default_factory=list)
    host: str = "127.0.0.1"

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}/v1/records"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        api = self.server.api
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = Request(len(api.requests) + 1, parts.path, query, dict(self.headers.items()), sent)
        api.requests.append(request)
        answer = api.answer(request)
        body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        headers = {"Content-Type": "application/json", **answer.headers}
        self.send_response(answer.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) * (2 if answer.cut or answer.reset else 1)))
        self.end_headers()
        self.wfile.write(body)
        if answer.reset:
            self.wfile.flush()
            # Closing with a linger of zero sends a reset in place of an orderly end.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = answer.cut or answer.reset

    do_POST = do_GET  # noqa: N815  The name is the standard library's.

    def log_message(self, *_: Any) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    api: Api

    def handle_error(self, *_: Any) -> None:
        """Clients that give up are what is being tested."""


@contextmanager
def running_api(*, wrap: Callable[[socket.socket], socket.socket] | None = None) -> Iterator[Api]:
    server = _Server(("127.0.0.1", 0), _Handler)
    if wrap is not None:
        server.socket = wrap(server.socket)
    server.api = Api(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
