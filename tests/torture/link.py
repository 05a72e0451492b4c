"""A link between a client and the test server: counts what passes, limits how
fast, and can let a name mean something else from one request to the next.
"""

from __future__ import annotations

import socket
import threading
import time

PIECE = 16 << 10
# Little waits in the system for a client that was killed: it would be counted as fetched.
SEND_BUFFER = 64 << 10
HEAD_MAX = 64 << 10


class Pace:
    """So many bytes a second, for all that share it; None for no limit."""

    def __init__(self, rate: float | None):
        self.rate = rate
        self.free_at = 0.0
        self.lock = threading.Lock()

    def wait_for(self, count: int) -> None:
        if self.rate is None:
            return
        with self.lock:
            now = time.monotonic()
            self.free_at = max(self.free_at, now - 0.02) + count / self.rate
            pause = self.free_at - now
        if pause > 0:
            time.sleep(pause)


class Link:
    """Listens on a port of its own and forwards to the server's."""

    def __init__(self, port: int, rate: float | None = None):
        self.server = ("127.0.0.1", port)
        self.down = 0
        self.up = 0
        # What a path stands for; only for requests without a body.
        self.names: dict[str, str] = {}
        self.pace = Pace(rate)
        self.lock = threading.Lock()
        self.open: set[socket.socket] = set()
        self.ends = False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def __enter__(self) -> Link:
        return self

    def __exit__(self, *_: object) -> None:
        self.ends = True
        # The accepting thread only looks up when a connection comes.
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            pass
        self.thread.join(5)
        self.listener.close()
        with self.lock:
            for one in self.open:
                end(one)

    def _accept(self) -> None:
        while not self.ends:
            client, _ = self.listener.accept()
            if self.ends:
                client.close()
                return
            client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                server = socket.create_connection(self.server, 5)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            server.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
            with self.lock:
                self.open |= {client, server}
            both = [(client, server, True), (server, client, False)]
            left = [len(both)]
            for source, target, is_up in both:
                threading.Thread(
                    target=self._pump, args=(source, target, is_up, left), daemon=True
                ).start()

    def _pump(self, source: socket.socket, target: socket.socket, is_up: bool, left: list[int]):
        held = b""
        try:
            while data := source.recv(PIECE):
                if is_up and self.names:
                    held, data = self._renamed(held + data)
                if not data:
                    continue
                self.pace.wait_for(len(data))
                target.sendall(data)
                with self.lock:
                    if is_up:
                        self.up += len(data)
                    else:
                        self.down += len(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            # One side is gone: the other one hears of it.
            end(source)
            end(target)
        with self.lock:
            left[0] -= 1
            if left[0] == 0:
                for one in (source, target):
                    self.open.discard(one)
                    one.close()

    def _renamed(self, data: bytes) -> tuple[bytes, bytes]:
        """Whole heads of requests with their names replaced, and what is no whole one yet."""
        out = b""
        while b"\r\n\r\n" in data:
            head, data = data.split(b"\r\n\r\n", 1)
            method, name, rest = head.split(b" ", 2)
            other = self.names.get(name.decode("latin-1"))
            out += b" ".join([method, other.encode() if other else name, rest]) + b"\r\n\r\n"
        if len(data) > HEAD_MAX:
            raise OSError("a head without end")
        return data, out


def end(one: socket.socket) -> None:
    try:
        one.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
