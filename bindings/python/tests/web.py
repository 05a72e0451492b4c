"""A web server of the tests that counts what it sends and writes down what it is asked."""

from __future__ import annotations

import hashlib
import html
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

PIECE = 64 * 1024
"""What is sent at a time, in bytes."""


@dataclass
class Answer:
    """What is at a path."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    ranges: bool = True
    chunked: bool = False
    stall_after: int | None = None
    """Bytes of a body after which nothing more comes, until :meth:`Web.release`."""


@dataclass(frozen=True)
class Request:
    """What was asked."""

    method: str
    path: str
    headers: Mapping[str, str]
    """With names like `If-Range`, in whatever case they came."""


Route = Callable[[Request], Answer | None]


class Web:
    """A server on the loopback interface. It answers from `answers`, else from `route`, else
    from the files of `folder`, with a page of links for each folder in it.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.answers: dict[str, Answer] = {}
        self.route: Route | None = None
        self.folder = folder
        self.requests: list[Request] = []
        self.sent: dict[str, int] = {}
        """Bytes of bodies that went out, by path."""
        self._lock = threading.Lock()
        self._released = threading.Event()
        self._server = ThreadingHTTPServer(
            ("127.0.0.1", 0), type("_Bound", (_Handler,), {"web": self})
        )
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def file(self, path: str, body: bytes, **rest: object) -> str:
        """Puts a body at a path, and returns the URL."""
        self.answers[path] = Answer(body, **rest)  # type: ignore[arg-type]
        return self.address + path

    def release(self) -> None:
        """Lets go on what stands still, and has nothing stand still any more."""
        self._released.set()

    def asked(self, path: str) -> list[Request]:
        """The requests for a path."""
        with self._lock:
            return [one for one in self.requests if urlsplit(one.path).path == path]

    def close(self) -> None:
        """Ends it."""
        self.release()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, request: Request) -> Answer:
        """What this request gets."""
        with self._lock:
            self.requests.append(request)
        path = urlsplit(request.path).path
        found = self.answers.get(path)
        if found is None and self.route is not None:
            found = self.route(request)
        if found is None and self.folder is not None:
            found = _from_disk(self.folder, path)
        return found or Answer(b"there is no such file", 404)

    def count(self, path: str, length: int) -> None:
        """Notes bytes before they go out."""
        with self._lock:
            self.sent[path] = self.sent.get(path, 0) + length

    def stands_still(self) -> bool:
        """True for a request that ends here, as nobody released it in time."""
        return not self._released.wait(300)


def _from_disk(folder: Path, path: str) -> Answer | None:
    place = folder / unquote(path).strip("/")
    if place.is_file() and not path.endswith("/"):
        return Answer(place.read_bytes())
    if not place.is_dir():
        return None
    if not path.endswith("/"):
        return Answer(status=301, headers={"Location": path + "/"})
    names = sorted(one.name + "/" * one.is_dir() for one in place.iterdir())
    links = "".join(f'<li><a href="{quote(name)}">{html.escape(name)}</a>' for name in names)
    page = f'<html><a href="../">up</a><a href="?C=N">sort</a><ul>{links}</ul></html>'
    return Answer(page.encode(), headers={"Content-Type": "text/html; charset=utf-8"}, ranges=False)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    web: Web

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        """Sends what is there."""
        self.web_answer(with_body=True)

    def do_HEAD(self) -> None:
        """Sends the head only."""
        self.web_answer(with_body=False)

    def web_answer(self, *, with_body: bool) -> None:
        """One request from its head to the end of its body."""
        headers = {name.title(): value for name, value in self.headers.items()}
        answer = self.web.answer(Request(self.command, self.path, headers))
        try:
            self.send_answer(answer, with_body)
        except OSError:
            self.close_connection = True

    def send_answer(self, answer: Answer, with_body: bool) -> None:
        """Sends it, or the part that was asked for."""
        body, status = answer.body, answer.status
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        headers = {"Content-Type": "application/octet-stream", **answer.headers}
        if status == 200 and answer.ranges:
            headers = {"ETag": etag, "Accept-Ranges": "bytes", **headers}
            part = self.part(len(body), headers["ETag"])
            if part is not None:
                begin, end = part
                if begin >= len(body):
                    status, headers["Content-Range"] = 416, f"bytes */{len(body)}"
                    body = b""
                else:
                    status, headers["Content-Range"] = 206, f"bytes {begin}-{end}/{len(body)}"
                    body = body[begin : end + 1]
        is_chunked = answer.chunked and status == 200
        headers.update(
            {"Transfer-Encoding": "chunked"} if is_chunked else {"Content-Length": str(len(body))}
        )
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.send_body(answer, body, is_chunked)

    def part(self, length: int, etag: str) -> tuple[int, int] | None:
        """The range that is asked for, if it is of this version."""
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if asked is None or self.headers.get("If-Range", etag) != etag:
            return None
        end = int(asked[2]) if asked[2] else length - 1
        return int(asked[1]), min(end, length - 1)

    def send_body(self, answer: Answer, body: bytes, is_chunked: bool) -> None:
        """Sends a body in pieces."""
        path = urlsplit(self.path).path
        stop = answer.stall_after if not self.web._released.is_set() else None
        at = 0
        while at < len(body):
            if stop is not None and at >= stop:
                if self.web.stands_still():
                    self.close_connection = True
                    return
                stop = None
            end = min(len(body), at + PIECE, len(body) if stop is None else stop)
            piece = body[at:end]
            self.web.count(path, len(piece))
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if is_chunked else piece)
            at = end
        if is_chunked:
            self.wfile.write(b"0\r\n\r\n")
