"""The legs of real upload servers: what they need, and the commands they run.

Each server is installed below target/servers with its version pinned, and
started on the loopback interface by the test that uses it, from a script in
tests/servers. A server that cannot be installed is a failure.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SERVERS = ROOT / "target" / "servers"

NPM = ["@tus/server@2.4.5", "@tus/file-store@2.1.1"]
PIP = ["aiohttp==3.14.5", "aiohttp-tus==1.1.0", "tusfilter==0.5.1", "WebOb==1.8.11"]

# The tests of core that need them.
TESTS = ["tus_servers"]


def steps():
    """The commands that install the servers."""
    python = SERVERS / "venv" / "bin" / "python"
    made = [] if python.exists() else [[sys.executable, "-m", "venv", SERVERS / "venv"]]
    npm = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund"]
    return [
        *made,
        [python, "-m", "pip", "install", "--quiet", *PIP],
        [*npm, "--prefix", SERVERS / "node", *NPM],
    ]


def tests(cargo_test):
    """The command that runs the tests, all of them with real servers."""
    chosen = [word for name in TESTS for word in ("--test", name)]
    return [*cargo_test, "-p", "bgcopy-core", *chosen, "--", "--ignored"]
