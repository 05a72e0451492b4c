"""Waits of asyncio, and the times of waits.

Waiting happens in threads of our own that call the blocking methods, one per
wait, in slices: none outlives the interpreter, and no loop or runtime besides
the caller's is needed.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

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


def in_thread(
    step: Callable[[], Outcome | None], is_wanted: Callable[[], bool]
) -> asyncio.Future[Outcome]:
    """Repeats a step of at most a slice in a thread until it has an outcome."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Outcome] = loop.create_future()

    def deliver(outcome: Outcome) -> None:
        if not future.done():
            future.set_result(outcome)

    def work() -> None:
        outcome = None
        while outcome is None and is_wanted() and interpreter_runs():
            try:
                outcome = step()
            except BaseException as failure:
                outcome = Outcome(failure=failure)
        if outcome is not None:
            try:
                loop.call_soon_threadsafe(deliver, outcome)
            except RuntimeError:
                # The loop is closed: nobody waits any more.
                return

    threading.Thread(target=work, name="bgcopy-wait").start()
    return future
