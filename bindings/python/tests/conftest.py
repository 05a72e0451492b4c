"""A server, a folder and a manager for each test."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from web import Web

import bgcopy
from bgcopy import AuthScheme, AuthTarget, Job, JobState, JobType, Manager, UploadProtocol

ROOT = Path(__file__).resolve().parents[3]
SERVER = Path(os.environ.get("BGCOPY_TEST_SERVER", ROOT / "target/release/bgcopy-test-server"))

PATIENCE_S = 30
"""No test waits longer than this for anything; a rule that holds is there long
before.
"""

LENGTH = 1_500_007
"""Bytes of the usual file: more than curl reads at a time, and not a round number."""

STALL = 700_001
"""Where a transfer that is to be caught in the middle stands still."""

HELD = 524_288
"""What is written of it by then: whole pieces of 256 KiB."""

# A shell that starts us in the background has interrupts ignored, and programs
# that we start would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


class Server:
    """The scriptable server of this repository as a program."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.address = self._process.stdout.readline().removeprefix("listening ").strip()

    def url(self, seed: int, length: int = LENGTH, query: str = "") -> str:
        """A file of generated content."""
        return f"{self.address}/gen/{seed}/{length}" + (f"?{query}" if query else "")

    def content(self, seed: int, length: int = LENGTH) -> bytes:
        """What is in it."""
        with urllib.request.urlopen(self.url(seed, length)) as response:
            read: bytes = response.read()
        return read

    def sent(self, path: str) -> bytes | None:
        """What was sent to a path; None if it has no file."""
        try:
            with urllib.request.urlopen(f"{self.address}{path}") as response:
                read: bytes = response.read()
        except urllib.error.HTTPError as missing:
            missing.close()
            return None
        return read

    def unfinished(self, area: str) -> dict[str, int]:
        """The files that were begun in an area, and their bytes so far."""
        lines = (self.sent(area) or b"").decode().splitlines()
        return {path: int(length) for path, length in (line.rsplit(" ", 1) for line in lines)}

    def close(self) -> None:
        """Ends it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(PATIENCE_S)
        self._process.stdout.close()


class Bench:
    """What a test works with."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.manager = self.open()

    @property
    def store(self) -> Path:
        """Where the queue is."""
        return self.folder / "store"

    def open(self) -> Manager:
        """Opens the queue, again if it was closed."""
        self.manager = Manager(self.store)
        return self.manager

    def path(self, name: str = "file") -> Path:
        """A file of the test."""
        return self.folder / name

    def job(self, query: str = "", *, seed: int = 1, name: str = "file") -> Job:
        """A suspended job of one file."""
        job = self.manager.create_job("test")
        job.add_file(self.server.url(seed, query=query), self.path(name))
        return job

    def source(self, name: str = "source", *, seed: int = 1, length: int = LENGTH) -> Path:
        """A file to be sent."""
        self.path(name).write_bytes(self.server.content(seed, length))
        return self.path(name)

    def upload(
        self,
        path: str,
        job_type: JobType = JobType.UPLOAD,
        *,
        protocol: UploadProtocol = UploadProtocol.BITS,
        length: int = LENGTH,
    ) -> Job:
        """A suspended job that sends a file."""
        job = self.manager.create_job("test", job_type)
        job.add_file(f"{self.server.address}{path}", self.source(length=length))
        job.upload_protocol = protocol
        if protocol is UploadProtocol.S3:
            job.set_credentials(AuthTarget.SERVER, AuthScheme.BASIC, "id", "secret")
        return job

    def transferred(self, seed: int = 1, name: str = "file") -> Job:
        """A job whose file is here, but not in place."""
        job = self.job(seed=seed, name=name)
        job.resume()
        assert job.wait(timeout=PATIENCE_S) is JobState.TRANSFERRED
        return job

    def stalled(self, name: str = "file") -> Job:
        """A job whose transfer stands still in the middle of its file."""
        job = self.job(f"etag=same&stall_after={STALL}", name=name)
        job.notify_flags = bgcopy.NotifyFlags.FILE_RANGES_TRANSFERRED
        job.resume()
        while job.file(0).progress.bytes_transferred < HELD:
            assert self.manager.next_event(PATIENCE_S) is not None
        return job

    def temporaries(self) -> list[str]:
        """Temporary files that are left."""
        return sorted(path.name for path in self.folder.glob(".bgcopy-*"))


def python(program: str, *arguments: object) -> subprocess.Popen[str]:
    """Another interpreter that runs a program, with all warnings as errors."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", program, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def until(condition: Callable[[], object]) -> None:
    """Looks again until the condition holds."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.005)


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Its exit code and its output, once it has ended by itself."""
    out, err = process.communicate(timeout=PATIENCE_S)
    return process.returncode, out, err


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    assert SERVER.exists(), f"{SERVER} is missing: cargo build --release -p bgcopy-test-server"
    server = Server()
    yield server
    server.close()


@pytest.fixture
def web() -> Iterator[Web]:
    web = Web()
    yield web
    web.close()


@pytest.fixture
def bench(server: Server, tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(server, tmp_path)
    yield bench
    bench.manager.close()
    # What a test leaves to the collector is its own fault, not the next one's.
    gc.collect()
