"""A queue of this process alone."""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from collections.abc import Iterator

from ._bgcopy import Manager


class TemporaryQueue:
    """A queue for what nobody goes on with, open while somebody uses it: a process can be forked
    when nobody does.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._open: tuple[Manager, str] | None = None
        self._parts = contextlib.ExitStack()

    @contextlib.contextmanager
    def use(self) -> Iterator[tuple[Manager, str]]:
        """The manager, and a folder for files."""
        with self._lock:
            if self._open is None:
                with contextlib.ExitStack() as parts:
                    folder = parts.enter_context(tempfile.TemporaryDirectory(prefix="bgcopy-"))
                    manager = parts.enter_context(Manager(os.path.join(folder, "store")))
                    self._parts = parts.pop_all()
                self._open = manager, folder
            self._users += 1
            opened = self._open
        try:
            yield opened
        finally:
            with self._lock:
                self._users -= 1
                if self._users == 0:
                    self._open = None
                    self._parts.close()
