"""Events as iterators, for loops and for tasks, and as callbacks.

Waiting in a task happens in threads: see `_wait`.
"""

from __future__ import annotations

import threading
import uuid
import weakref
from collections.abc import Callable, Iterable
from typing import TypeVar

from ._bgcopy import Job, Manager, report_unraisable
from ._vocab import EventKind, HResult, JobState, NotifyFlags
from ._wait import (
    SLICE_S,
    Outcome,
    Span,
    Wait,
    deadline_of,
    in_thread,
    interpreter_runs,
    is_here,
    is_over,
    slice_of,
)
from .errors import InvalidStateError, ManagerClosedError, NotFoundError, WaitTimeoutError
from .records import Event

SWEEP_AT_LEAST = 1000
"""Jobs with callbacks, before it is looked which of them are gone."""

Callback = TypeVar("Callback", bound=Callable[..., object])
_Callbacks = dict[uuid.UUID, list[tuple[EventKind, Callable[..., object]]]]


async def wait_async(
    job: Job, states: Iterable[JobState] | None = None, timeout: Span = None
) -> JobState:
    """`Job.wait` that does not block the loop."""
    wanted = None if states is None else list(states)
    deadline = deadline_of(timeout)
    given_up = threading.Event()

    def step() -> Outcome | None:
        try:
            return Outcome(job.wait(wanted, slice_of(deadline)))
        except WaitTimeoutError:
            if is_over(deadline):
                raise
            return None

    try:
        outcome = await in_thread(step, lambda: not given_up.is_set()).outcome()
    finally:
        given_up.set()
    if outcome.failure is not None:
        raise outcome.failure
    return JobState(outcome.result)


class Events:
    """The events of a manager, for `for` and `async for`.

    It ends when the manager is closed, or when no event has come for
    `timeout`. Each event goes to one taker.
    """

    def __init__(self, manager: Manager, timeout: Span = None) -> None:
        if manager._has_notifier():
            raise InvalidStateError(
                HResult.DO_E_INVALID_STATE,
                message="the events of this manager go to the callbacks of its jobs",
            )
        self._manager = manager
        self._timeout = timeout
        self._fetch: Wait | None = None

    def __iter__(self) -> Events:
        return self

    def __next__(self) -> Event:
        try:
            event = self._manager.next_event(self._timeout)
        except ManagerClosedError:
            raise StopIteration from None
        if event is None:
            raise StopIteration
        return event

    def __aiter__(self) -> Events:
        return self

    async def __anext__(self) -> Event:
        # A fetch outlives the cancellation of its taker, so that no event is
        # lost: the next taker takes it over.
        if self._fetch is None or not is_here(self._fetch):
            self._fetch = self._start()
        outcome = await self._fetch.outcome()
        self._fetch = None
        if isinstance(outcome.failure, ManagerClosedError):
            raise StopAsyncIteration
        if outcome.failure is not None:
            raise outcome.failure
        if outcome.result is None:
            raise StopAsyncIteration
        event: Event = outcome.result
        return event

    def _start(self) -> Wait:
        manager, deadline, me = self._manager, deadline_of(self._timeout), weakref.ref(self)

        def step() -> Outcome | None:
            event = manager.next_event(slice_of(deadline))
            return Outcome(event) if event is not None or is_over(deadline) else None

        return in_thread(step, lambda: me() is not None)


class Notifier:
    """Calls the callbacks of the jobs of one manager, on one thread."""

    def __init__(self, manager: Manager) -> None:
        self._lock = threading.Lock()
        self._callbacks: _Callbacks = {}
        self._sweep_at = SWEEP_AT_LEAST
        references = (weakref.ref(manager), weakref.ref(self))
        threading.Thread(target=_notify, args=references, name="bgcopy-notifier").start()

    def add(self, job: Job, kind: EventKind, function: Callable[..., object]) -> None:
        """Has the function called at such events of the job."""
        if len(self._callbacks) >= self._sweep_at:
            self._sweep(job.manager)
        with self._lock:
            self._callbacks.setdefault(job.id, []).append((kind, function))

    def dispatch(self, manager: Manager, event: Event) -> None:
        """Calls who wants to know."""
        with self._lock:
            callbacks = list(self._callbacks.get(event.job, ()))
        functions = [function for kind, function in callbacks if kind is event.kind]
        if not functions:
            return
        try:
            job = manager.get_job(event.job)
        except NotFoundError:
            # It left the queue meanwhile: there is nothing to tell.
            return
        arguments = _arguments(job, event)
        for function in functions:
            try:
                function(*arguments)
            except BaseException as failure:
                report_unraisable(failure, function)

    def _sweep(self, manager: Manager) -> None:
        """Forgets the callbacks of jobs that left the queue."""
        here = {job.id for job in manager.jobs()}
        with self._lock:
            kept = {id: found for id, found in self._callbacks.items() if id in here}
            self._callbacks = kept
            self._sweep_at = max(2 * len(kept), SWEEP_AT_LEAST)


def _notify(manager_ref: weakref.ref[Manager], notifier_ref: weakref.ref[Notifier]) -> None:
    # Only while callbacks run are there references that keep the two alive.
    while interpreter_runs():
        manager = manager_ref()
        if manager is None:
            return
        source = manager._source()
        del manager
        try:
            event = source.next_event(SLICE_S)
        except ManagerClosedError:
            return
        del source
        manager, notifier = manager_ref(), notifier_ref()
        if manager is None or notifier is None:
            return
        if event is not None:
            try:
                notifier.dispatch(manager, event)
            except ManagerClosedError:
                return
        del manager, notifier


def _arguments(job: Job, event: Event) -> tuple[object, ...]:
    """What the callbacks for such an event are called with."""
    if event.kind is EventKind.JOB_ERROR:
        return (job, event.error)
    if event.file is None:
        return (job,)
    file = job.file(event.file)
    if event.kind is EventKind.FILE_RANGES_TRANSFERRED:
        return (job, file, event.ranges)
    return (job, file)


_FLAGS = {
    EventKind.JOB_TRANSFERRED: NotifyFlags.JOB_TRANSFERRED,
    EventKind.JOB_ERROR: NotifyFlags.JOB_ERROR,
    EventKind.JOB_MODIFICATION: NotifyFlags.JOB_MODIFICATION,
    EventKind.FILE_TRANSFERRED: NotifyFlags.FILE_TRANSFERRED,
    EventKind.FILE_RANGES_TRANSFERRED: NotifyFlags.FILE_RANGES_TRANSFERRED,
}
"""Those that have a flag. FILE_RESTARTED comes without one."""


def subscribe(job: Job, kind: EventKind, function: Callback) -> Callback:
    """Has a function called at events of a kind, and the job raise them."""
    if not callable(function):
        raise TypeError(f"{function!r} is not callable")
    job.manager._notifier().add(job, kind, function)
    flags, flag = job.notify_flags, _FLAGS.get(kind, NotifyFlags(0))
    if flag not in flags:
        job.notify_flags = flags | flag
    return function
