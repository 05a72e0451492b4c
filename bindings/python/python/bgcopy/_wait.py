"""Waits of asyncio and trio, and so of anyio, and the times of waits.

Waiting happens in threads of our own that call the blocking methods, one per
wait, in slices: none outlives the interpreter, and no loop or runtime besides
the caller's is needed.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol

SLICE_S = 0.2
"""How long a thread waits before it looks whether it is still wanted."""

Span = float | timedelta | None


def deadline_of(timeout: Span) -> float | None:
    """When a time that begins now is over; None is never."""
    if timeout is None:
        return None
    seconds = timeout.total_seconds() if isinstance(timeout, timedelta) else float(timeout)
    return time.monotonic() + seconds


def left_of(deadline: float | None) -> float | None:
    """Seconds until then; None is for ever."""
    return None if deadline is None else max(deadline - time.monotonic(), 0.0)


def slice_of(deadline: float | None) -> float:
    """How long the next step may wait."""
    left = left_of(deadline)
    return SLICE_S if left is None else min(left, SLICE_S)


def is_over(deadline: float | None) -> bool:
    """True once it has come."""
    return deadline is not None and deadline <= time.monotonic()


def interpreter_runs() -> bool:
    """False once it ends."""
    # The end of the interpreter waits for our threads, and begins with this.
    return threading.main_thread().is_alive()


class Outcome:
    """What a thread came to: a result, an exception, or that it gave up."""

    def __init__(self, result: Any = None, failure: BaseException | None = None) -> None:
        self.result = result
        self.failure = failure


class Wait(Protocol):
    """What a thread comes to, for the tasks of the loop that it was started in."""

    def is_here(self) -> bool:
        """True in that loop."""

    async def outcome(self) -> Outcome:
        """Waits for it. If that is cancelled the thread goes on, and another task may wait."""

    def deliver(self, outcome: Outcome) -> None:
        """Called by the thread, once. If the loop has ended nobody waits any more."""


class AsyncioWait:
    """In a loop of asyncio."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._future: asyncio.Future[Outcome] = self._loop.create_future()

    def is_here(self) -> bool:
        return self._loop is asyncio.get_running_loop()

    async def outcome(self) -> Outcome:
        return await asyncio.shield(self._future)

    def deliver(self, outcome: Outcome) -> None:
        # It is closed.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._future.set_result, outcome)


class TrioWait:
    """In a run of trio."""

    def __init__(self, trio: Any) -> None:
        self._trio = trio
        self._token = trio.lowlevel.current_trio_token()
        self._is_there = trio.Event()
        self._outcome: Outcome | None = None

    def is_here(self) -> bool:
        return self._token is self._trio.lowlevel.current_trio_token()

    async def outcome(self) -> Outcome:
        await self._is_there.wait()
        assert self._outcome is not None
        return self._outcome

    def deliver(self, outcome: Outcome) -> None:
        self._outcome = outcome
        # It is over.
        with contextlib.suppress(self._trio.RunFinishedError):
            self._token.run_sync_soon(self._is_there.set)


def _trio() -> Any:
    """The module trio in one of its tasks, else None."""
    trio: Any = sys.modules.get("trio")
    if trio is not None:
        with contextlib.suppress(RuntimeError):
            trio.lowlevel.current_task()
            return trio
    return None


def wait_here() -> Wait:
    """A wait for the tasks of the loop that runs."""
    trio = _trio()
    return AsyncioWait() if trio is None else TrioWait(trio)


def is_here(wait: Wait) -> bool:
    """True if it is for the tasks of the loop that runs."""
    return isinstance(wait, TrioWait) is (_trio() is not None) and wait.is_here()


def in_thread(step: Callable[[], Outcome | None], is_wanted: Callable[[], bool]) -> Wait:
    """Repeats a step of at most a slice in a thread until it has an outcome."""
    wait = wait_here()

    def work() -> None:
        outcome = None
        while outcome is None and is_wanted() and interpreter_runs():
            try:
                outcome = step()
            except BaseException as failure:
                outcome = Outcome(failure=failure)
        if outcome is not None:
            wait.deliver(outcome)

    threading.Thread(target=work, name="bgcopy-wait").start()
    return wait
