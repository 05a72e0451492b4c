"""Measures how exact the rate limit of a queue is.

    python3 rates.py [SECONDS]

Downloads and uploads on the loopback interface, by one and by many connections, of one job and
of 16, each for so many seconds (10 unless given): prints the share of the limit that came in
this time, and what came in the busiest second as a multiple of it.
"""

from __future__ import annotations

import subprocess
import sys

from program import ROOT

CARGO = ["cargo", "run", "--release", "--workspace", "--example", "rates", "--"]

if __name__ == "__main__":
    subprocess.run([*CARGO, *sys.argv[1:]], cwd=ROOT, check=True)
