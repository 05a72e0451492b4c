"""Where a case runs: the test server, a folder, and the programs in it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# A command that nothing disturbs and that takes longer has hung.
PATIENCE_S = 90.0


@dataclass
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str
    seconds: float
    # It was killed because it went on for too long.
    hung: bool = False

    @property
    def crashed(self) -> bool:
        """By a signal that we did not send, or by a panic."""
        return (self.code < 0 and self.code != -signal.SIGKILL) or "panicked" in self.err

    def words(self) -> str:
        said = " ".join((self.err or self.out).split())
        return f"code {self.code}{', hung' if self.hung else ''}: {said[-400:]}"


class Running:
    """A process and its children, in a group of their own."""

    def __init__(self, command: list[str], env: dict[str, str], folder: Path):
        self.began = time.monotonic()
        self.out = tempfile.TemporaryFile()
        self.err = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            command,
            env=env,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=self.out,
            stderr=self.err,
            start_new_session=True,
        )

    def wait(self, seconds: float) -> bool:
        """Whether it ends in that time."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> Ended:
        return self.end(signal.SIGKILL)

    def end(self, number: int, hung: bool = False) -> Ended:
        if self.process.poll() is None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                pass
        try:
            self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            hung = True
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        code = self.process.wait()
        return Ended(code, text(self.out), text(self.err), time.monotonic() - self.began, hung)


def text(file) -> str:
    file.seek(0)
    with file:
        return file.read().decode(errors="replace")


class Place:
    """A folder with a home, a store and targets of its own."""

    def __init__(self, program: Path, server: Server, folder: Path):
        self.program = program
        self.server = server
        self.folder = folder
        self.store = folder / "store"
        self.target = folder / "target"
        self.target.mkdir()
        keep = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
        self.env = {
            **keep,
            "HOME": str(folder),
            "BGCOPY_CONFIG": "/dev/null",
            "BGCOPY_STORE": str(self.store),
            "AWS_ACCESS_KEY_ID": "id",
            "AWS_SECRET_ACCESS_KEY": "secret",
        }

    def start(self, *words: str, before: list[str] | None = None) -> Running:
        return Running([*(before or []), str(self.program), *words], self.env, self.folder)

    def run(self, *words: str, before: list[str] | None = None, patience: float = PATIENCE_S) -> Ended:
        """Runs a command to its end."""
        return self.finish(self.start(*words, before=before), patience)

    def other(self, command: list[str], patience: float = PATIENCE_S) -> Ended:
        """The same for a program that is not ours."""
        return self.finish(Running(command, self.env, self.folder), patience)

    @staticmethod
    def finish(running: Running, patience: float = PATIENCE_S) -> Ended:
        ended = running.wait(patience)
        return running.end(signal.SIGKILL, hung=not ended)

    def jobs(self) -> list[dict]:
        """The queue as `list` has it; raises what is wrong if it cannot be read."""
        said = self.run("list", "--json")
        if said.code != 0:
            raise Unreadable(said.words())
        return json.loads(said.out)

    def left_behind(self) -> list[str]:
        """Temporary files."""
        return [str(path) for path in self.folder.rglob(".bgcopy-*")]


class Unreadable(Exception):
    """The queue cannot be listed."""


class Server:
    """The test server of the project."""

    def __init__(self, program: Path):
        self.process = subprocess.Popen(
            [str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        line = self.process.stdout.readline().decode()
        self.port = int(line.rsplit(":", 1)[1])
        self.hashes: dict[str, str] = {}

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def hash_of(self, path: str) -> str | None:
        """Of what the server has there; None if it has nothing."""
        asked = path.split("?")[0]
        if asked in self.hashes:
            return self.hashes[asked]
        digest = hashlib.sha256()
        try:
            with urllib.request.urlopen(self.url(asked), timeout=60) as answer:
                while piece := answer.read(1 << 20):
                    digest.update(piece)
        except OSError:
            return None
        if asked.startswith("/gen/"):
            self.hashes[asked] = digest.hexdigest()
        return digest.hexdigest()

    def listing(self, path: str) -> str:
        with urllib.request.urlopen(self.url(path), timeout=60) as answer:
            return answer.read().decode()

    def close(self) -> None:
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def hash_of(path: Path) -> str | None:
    """None if there is no such file."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
    except OSError:
        return None
    return digest.hexdigest()


class Bench:
    """What all cases share; gives each round a new place."""

    def __init__(self, program: Path, server_program: Path, parent: str | None):
        self.program = program
        self.server_program = server_program
        self.folder = Path(tempfile.mkdtemp(prefix="torture-", dir=parent))
        self.server = Server(server_program)
        self.number = 0

    def place(self) -> Place:
        self.number += 1
        folder = self.folder / str(self.number)
        folder.mkdir()
        return Place(self.program, self.server, folder)

    def discard(self, place: Place) -> None:
        shutil.rmtree(place.folder, ignore_errors=True)

    def close(self) -> None:
        self.server.close()
        shutil.rmtree(self.folder, ignore_errors=True)
