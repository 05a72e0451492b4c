"""Events as iterators, and callbacks."""

from __future__ import annotations

import gc
import sys
import threading
import weakref
from queue import Queue
from typing import Any

import pytest
from conftest import LENGTH, PATIENCE_S, Bench

import bgcopy
from bgcopy import EventKind, HResult, Job, JobError, JobState, Manager, NotifyFlags


@pytest.fixture
def unraisable(monkeypatch: pytest.MonkeyPatch) -> Queue[Any]:
    reported: Queue[Any] = Queue()
    monkeypatch.setattr(sys, "unraisablehook", reported.put)
    return reported


def test_iterator_tells_files_before_the_job(bench: Bench) -> None:
    job = bench.job()
    job.notify_flags = NotifyFlags.JOB_TRANSFERRED | NotifyFlags.FILE_TRANSFERRED
    job.resume()
    kinds = []
    for event in bench.manager.events(PATIENCE_S):
        assert event.job == job.id
        kinds.append((event.kind, event.file))
        if event.kind is EventKind.JOB_TRANSFERRED:
            break
    assert kinds == [(EventKind.FILE_TRANSFERRED, 0), (EventKind.JOB_TRANSFERRED, None)]


def test_error_comes_with_its_event(bench: Bench) -> None:
    job = bench.job("status=404")
    job.resume()
    event = next(bench.manager.events(PATIENCE_S))
    assert event.kind is EventKind.JOB_ERROR
    assert event.error is not None
    assert event.error.code == HResult.BG_E_HTTP_ERROR_404


def test_ranges_tell_what_arrived(bench: Bench) -> None:
    job = bench.job()
    job.notify_flags = NotifyFlags.FILE_RANGES_TRANSFERRED | NotifyFlags.JOB_TRANSFERRED
    job.resume()
    first = next(bench.manager.events(PATIENCE_S))
    assert first.kind is EventKind.FILE_RANGES_TRANSFERRED
    assert first.ranges[0].initial_offset == 0
    assert first.ranges[0].length


def test_iterator_ends_with_its_timeout_and_with_the_manager(bench: Bench) -> None:
    assert list(bench.manager.events(timeout=0.05)) == []
    waiting = threading.Thread(target=lambda: seen.extend(bench.manager.events()))
    seen: list[bgcopy.Event] = []
    waiting.start()
    bench.manager.close()
    waiting.join(PATIENCE_S)
    assert not waiting.is_alive()
    assert seen == []


def test_event_of_a_transferred_job_comes_again(bench: Bench) -> None:
    job = bench.transferred()
    assert next(bench.manager.events(PATIENCE_S)).kind is EventKind.JOB_TRANSFERRED
    bench.manager.close()
    again = next(bench.open().events(PATIENCE_S))
    assert (again.job, again.kind) == (job.id, EventKind.JOB_TRANSFERRED)


def test_callbacks(bench: Bench) -> None:
    called: Queue[Any] = Queue()
    good, bad = bench.job(), bench.job("status=404", name="bad")

    @good.on_transferred
    def transferred(job: Job) -> None:
        called.put((job.id, job.state, threading.current_thread().name))

    @bad.on_error
    def failed(job: Job, error: JobError) -> None:
        called.put((job.id, error.code, threading.current_thread().name))

    good.resume()
    assert called.get(timeout=PATIENCE_S) == (good.id, JobState.TRANSFERRED, "bgcopy-notifier")
    bad.resume()
    assert called.get(timeout=PATIENCE_S) == (
        bad.id,
        HResult.BG_E_HTTP_ERROR_404,
        "bgcopy-notifier",
    )
    with pytest.raises(TypeError):
        good.on_error(7)  # type: ignore[type-var]
    with pytest.raises(bgcopy.InvalidStateError):
        bench.manager.events()


def test_callbacks_of_files(bench: Bench) -> None:
    job, called = bench.stalled(), Queue[Any]()
    job.suspend()
    # Another version: what is held is given up.
    job.file(0).set_remote_name(bench.server.url(2, query="etag=other"))

    @job.on_file_restarted
    def restarted(job: Job, file: bgcopy.File) -> None:
        called.put(("restarted", file.index))

    @job.on_file_ranges_transferred
    def came(job: Job, file: bgcopy.File, ranges: tuple[bgcopy.FileRange, ...]) -> None:
        called.put(("came", file.index, ranges[0].initial_offset))

    @job.on_file_transferred
    def transferred(job: Job, file: bgcopy.File) -> None:
        called.put(("transferred", file.index, file.progress.bytes_total))

    job.on_transferred(lambda job: called.put(None))
    job.resume()
    seen = list(iter(lambda: called.get(timeout=PATIENCE_S), None))
    again = seen.index(("restarted", 0))
    assert ("came", 0, 0) in seen[again:], "bytes are counted from the restart on"
    assert ("transferred", 0, LENGTH) in seen[again:]


def test_modification_sets_its_flag(bench: Bench) -> None:
    job, called = bench.job(), threading.Event()
    job.on_modification(lambda job: called.set())
    assert NotifyFlags.JOB_MODIFICATION in job.notify_flags
    job.display_name = "changed"
    assert called.wait(PATIENCE_S)


def test_callback_that_raises_is_reported_and_stops_nothing(
    bench: Bench, unraisable: Queue[Any]
) -> None:
    job, called = bench.job(), threading.Event()

    def fails(job: Job) -> None:
        raise ZeroDivisionError("on purpose")

    job.on_transferred(fails)
    job.on_transferred(lambda job: called.set())
    job.resume()
    assert called.wait(PATIENCE_S), "the next callback is called all the same"
    report = unraisable.get(timeout=PATIENCE_S)
    assert (report.exc_type, report.object) == (ZeroDivisionError, fails)
    assert bench.transferred(name="another").state is JobState.TRANSFERRED


def test_callback_that_cancels(bench: Bench) -> None:
    job, results = bench.job("status=404"), Queue[HResult]()
    job.on_error(lambda job, error: results.put(job.cancel()))
    job.resume()
    assert results.get(timeout=PATIENCE_S) is HResult.S_OK
    assert job.state is JobState.CANCELLED
    assert bench.temporaries() == []


def test_callback_that_completes(bench: Bench) -> None:
    job, results = bench.job(), Queue[HResult]()
    job.on_transferred(lambda job: results.put(job.complete()))
    job.resume()
    assert results.get(timeout=PATIENCE_S) is HResult.S_OK
    assert job.state is JobState.ACKNOWLEDGED
    assert bench.path().read_bytes() == bench.server.content(1)


def test_callback_that_makes_jobs_and_closes(bench: Bench) -> None:
    job, done = bench.job(), threading.Event()

    def go_on(job: Job) -> None:
        job.manager.create_job("next")
        job.manager.close()
        done.set()

    job.on_transferred(go_on)
    job.resume()
    assert done.wait(PATIENCE_S)
    assert {job.display_name for job in bench.open()} == {"test", "next"}


def test_callbacks_do_not_keep_the_manager_alive(bench: Bench) -> None:
    def subscribe() -> weakref.ref[Manager]:
        job = bench.job()
        job.on_transferred(lambda done: job.complete())
        return weakref.ref(bench.manager)

    gone = subscribe()
    del bench.manager
    for _ in range(100):
        gc.collect()
        if gone() is None:
            break
        threading.Event().wait(0.05)
    assert gone() is None
    # It is closed: the store is free.
    for _ in range(100):
        try:
            Manager(bench.store, exclusive=True).close()
        except bgcopy.StoreInUseError:
            threading.Event().wait(0.05)
        else:
            bench.open()
            return
    pytest.fail("the store is still in use")


def test_callbacks_of_jobs_that_left_are_forgotten(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bgcopy._events.SWEEP_AT_LEAST", 4)
    manager: Manager = bench.manager
    for _ in range(20):
        job = manager.create_job("short")
        job.on_transferred(print)
        job.cancel()
    assert len(manager._notifier()._callbacks) <= 4
