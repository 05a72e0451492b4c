#!/usr/bin/env python3
"""Runs a small program of examples/ against the scriptable server.

    tests/example.py NAME COMMAND...

Two URLs and a new folder are added to the command. Afterwards the folder must
hold file0 and file1, whole, and nothing of the job that was cancelled.
"""

import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SERVER = ROOT / "target" / "release" / "bgcopy-test-server"
LENGTHS = [3_000_000, 70_000]
SECONDS_MAX = 120


def main():
    name, command = sys.argv[1], sys.argv[2:]
    folder = ROOT / "target" / "examples" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with subprocess.Popen([SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        base = server.stdout.readline().split()[1].rstrip("/")
        urls = [f"{base}/gen/{seed}/{length}" for seed, length in enumerate(LENGTHS, 1)]
        began = time.monotonic()
        subprocess.run([*command, *urls, folder], check=True, timeout=SECONDS_MAX)
        print(f"example {name}: {time.monotonic() - began:.1f} s")
        server.stdin.close()
    found = {path.name: path.stat().st_size for path in folder.iterdir() if path.is_file()}
    if found != {"file0": LENGTHS[0], "file1": LENGTHS[1]}:
        sys.exit(f"example {name}: the folder holds {found}")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
