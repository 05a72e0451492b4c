"""The program with its RPC server, and a server to download from."""

import os
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

BUILT = Path(__file__).resolve().parents[2] / "target/release"
PATIENCE_S = 60
"""No test waits longer than this for anything."""


def until(what, condition):
    """Looks again until the condition holds, and returns what it gives."""
    end = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        assert time.monotonic() < end, f"waited in vain until {what}"
        time.sleep(0.02)
    return found


class Web:
    """The scriptable server of this repository."""

    def __init__(self):
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([BUILT / "bgcopy-test-server"], stdin=pipe, stdout=pipe, text=True)
        self.address = self.process.stdout.readline().removeprefix("listening ").strip()

    def url(self, seed, length, query=""):
        return f"{self.address}/gen/{seed}/{length}{query and '?' + query}"

    def content(self, seed, length):
        with urllib.request.urlopen(self.url(seed, length)) as response:
            return response.read()

    def end(self):
        self.process.stdin.close()
        self.process.wait()


class Served:
    """`bgcopy serve --rpc`, in a folder of its own."""

    def __init__(self, folder, secret):
        self.folder, self.secret = folder, secret
        self.downloads = folder / "downloads"
        self.environment = {**os.environ, "HOME": str(folder), "BGCOPY_STORE": str(folder / "store")}
        for name in ("http_proxy", "https_proxy", "all_proxy", "ALL_PROXY", "BGCOPY_CONFIG", "BGCOPY_RPC_SECRET"):
            self.environment.pop(name, None)
        self.start()

    def start(self):
        command = [BUILT / "bgcopy", "serve", "--rpc", "0", "--rpc-dir", self.downloads]
        environment = self.environment | ({"BGCOPY_RPC_SECRET": self.secret} if self.secret else {})
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        line = next(line for line in self.process.stdout if line.startswith("JSON-RPC at "))
        self.port = int(line.split("/")[2].rpartition(":")[2])

    def kill(self):
        self.process.kill()
        self.process.wait()

    def end(self):
        self.process.terminate()
        assert self.process.wait(PATIENCE_S) == 0


@pytest.fixture
def web():
    web = Web()
    yield web
    web.end()


@pytest.fixture(params=["", "open sesame"], ids=["without a secret", "with a secret"])
def served(tmp_path, request):
    served = Served(tmp_path, request.param)
    yield served
    if served.process.poll() is None:
        served.end()
    shutil.rmtree(tmp_path, ignore_errors=True)
