"""Downloads a file with the package as it is installed: no test tools needed.

python installed.py SERVER_PROGRAM
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

import bgcopy


def main(program: str) -> int:
    """Starts the server, downloads from it, and compares."""
    with (
        subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as server,
        tempfile.TemporaryDirectory() as folder,
    ):
        assert server.stdout is not None
        url = server.stdout.readline().removeprefix("listening ").strip() + "/gen/1/1000000"
        path = bgcopy.download(url, Path(folder) / "file")
        with urllib.request.urlopen(url) as response:
            same = response.read() == path.read_bytes()
        command = [sys.executable, "-m", "bgcopy", "--store", f"{folder}/store", "get", "-q", url]
        ran = subprocess.run([*command, "-o", f"{folder}/again"])
        same = same and ran.returncode == 0
        same = same and Path(folder, "again").read_bytes() == path.read_bytes()
        assert server.stdin is not None
        server.stdin.close()
    print(f"bgcopy from {Path(bgcopy.__file__).parent}: {'the same' if same else 'DIFFERENT'}")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
