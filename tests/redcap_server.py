"""A small server that speaks the API of REDCap about one invented project, and can be told to be ill."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

TOKEN = "0123456789ABCDEF0123456789ABCDEF"
Illness = Callable[[BaseHTTPRequestHandler, Mapping[str, str]], bool]


@dataclass
class RedcapServer:
    """A project behind the API.

    Args:
        dictionary: Lines of its data dictionary, by the API's headings.
        rows: Lines of its flat export.
        settings: What the project says of itself.
        illness: Answers a request instead; True when it did.
        asked: The requests so far.
    """

    dictionary: Sequence[Mapping[str, str]]
    rows: Sequence[Mapping[str, str]]
    settings: Mapping[str, object] = field(default_factory=dict)
    illness: Illness = lambda handler, asked: False
    asked: list[dict[str, str]] = field(default_factory=list)
    address: str = ""

    def answer(self, asked: Mapping[str, str]) -> object:
        """Answer a request as REDCap does."""
        match asked["content"]:
            case "metadata":
                return list(self.dictionary)
            case "project":
                return dict(self.settings)
            case "record":
                return self._export(asked)
            case other:
                return {"error": f"The value of the parameter 'content' is not valid: {other}"}

    def _export(self, asked: Mapping[str, str]) -> list[dict[str, str]]:
        fields = [value for name, value in asked.items() if name.startswith("fields[")]
        records = {value for name, value in asked.items() if name.startswith("records[")}
        record_id = self.dictionary[0]["field_name"]
        kept = []
        for row in self.rows:
            if records and row[record_id] not in records:
                continue
            kept.append(
                {
                    name: value
                    for name, value in row.items()
                    if name.startswith("redcap_") or name in fields or name.split("___")[0] in fields
                }
            )
        return kept


class _Handler(BaseHTTPRequestHandler):
    project: RedcapServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        asked = dict(parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True))
        self.project.asked.append(asked)
        if self.project.illness(self, asked):
            return
        if asked.get("token") != TOKEN:
            send(self, 403, {"error": "You do not have permissions to use the API"})
            return
        send(self, 200, self.project.answer(asked))

    def log_message(self, *_: object) -> None:
        pass


def send(handler: BaseHTTPRequestHandler, status: int, said: object, **headers: str) -> None:
    """Send an answer: a text as HTML, anything else as JSON."""
    body = said.encode() if isinstance(said, str) else json.dumps(said).encode()
    handler.send_response(status)
    kind = "text/html" if isinstance(said, str) else "application/json"
    own = {"Content_Type": kind, "Content_Length": str(len(body))}
    for name, value in {**own, **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    with suppress(OSError):  # the other side has not waited
        handler.end_headers()
        handler.wfile.write(body)


def send_packed(handler: BaseHTTPRequestHandler, said: object) -> None:
    """Send an answer as servers do to save the network: packed, in pieces, its length unknown."""
    body = gzip.compress(json.dumps(said).encode())
    handler.send_response(200)
    for name, value in {"Content-Encoding": "gzip", "Transfer-Encoding": "chunked"}.items():
        handler.send_header(name, value)
    handler.end_headers()
    for at in range(0, len(body), 7):
        piece = body[at : at + 7]
        handler.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
    handler.wfile.write(b"0\r\n\r\n")


def cut_off(handler: BaseHTTPRequestHandler) -> None:
    """Begin an answer and break it off."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(b'[{"record_id": "1"')
    handler.wfile.flush()
    handler.close_connection = True


def never_end(handler: BaseHTTPRequestHandler) -> None:
    """Send rows without end."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Connection", "close")
    handler.end_headers()
    with suppress(OSError):
        while True:
            handler.wfile.write(b" " * 65536)
    handler.close_connection = True


def drip(handler: BaseHTTPRequestHandler) -> None:
    """Send a byte now and then."""
    handler.send_response(200)
    handler.send_header("Connection", "close")
    handler.end_headers()
    with suppress(OSError):
        for _ in range(100):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)
    handler.close_connection = True


def sleep(seconds: float) -> None:
    """Let the other side wait."""
    time.sleep(seconds)


@contextmanager
def serving(project: RedcapServer) -> Iterator[RedcapServer]:
    """Run the server for as long as a test needs it, at an address of this machine."""
    handler = type("Handler", (_Handler,), {"project": project})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    project.address = f"http://127.0.0.1:{server.server_port}/api/"
    try:
        yield project
    finally:
        server.shutdown()
        server.server_close()
