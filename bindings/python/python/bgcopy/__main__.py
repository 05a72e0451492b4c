"""The command `bgcopy`. It is the program of that name, which is written in Rust."""

from __future__ import annotations

import os
import signal
import sys

from ._bgcopy import run_program


def main() -> int:
    """Does what the command line says, and returns the exit code."""
    # Python's own handler leaves a note that only Python reads.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    # A file that gets the number of a closed standard stream gets what is printed, too.
    while (null := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(null)
    is_module = __name__ == "__main__"
    program = [sys.executable, "-m", "bgcopy"] if is_module else sys.argv[:1]
    return run_program(program, sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
