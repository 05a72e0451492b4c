"""Waiting and events with asyncio."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from conftest import PATIENCE_S, Bench

import bgcopy
from bgcopy import EventKind, JobState


def alone() -> bool:
    """True when no thread of ours is left."""
    return not any(thread.name.startswith("bgcopy-wait") for thread in threading.enumerate())


def run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Runs it, and waits until its threads are gone."""
    asyncio.run(main(), debug=True)
    end = time.monotonic() + PATIENCE_S
    while not alone():
        assert time.monotonic() < end, "a thread is left"
        time.sleep(0.01)


def test_wait_async(bench: Bench) -> None:
    async def main() -> None:
        jobs = [bench.job(seed=n, name=str(n)) for n in range(8)]
        for job in jobs:
            job.resume()
        states = await asyncio.gather(*(job.wait_async(timeout=PATIENCE_S) for job in jobs))
        assert states == [JobState.TRANSFERRED] * 8

    run(main)


def test_loop_is_not_blocked(bench: Bench) -> None:
    async def main() -> None:
        waiting = asyncio.create_task(bench.stalled().wait_async())
        for _ in range(20):
            began = time.monotonic()
            await asyncio.sleep(0.01)
            assert time.monotonic() - began < 1
        assert not waiting.done()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    run(main)


def test_wait_async_ends(bench: Bench) -> None:
    async def main() -> None:
        job = bench.stalled()
        with pytest.raises(bgcopy.WaitTimeoutError):
            await job.wait_async(timeout=0.05)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(job.wait_async(), 0.05)
        assert await job.wait_async([JobState.TRANSFERRING]) is JobState.TRANSFERRING
        waiting = asyncio.create_task(job.wait_async())
        await asyncio.sleep(0)
        bench.manager.close()
        with pytest.raises(bgcopy.ManagerClosedError):
            await waiting

    run(main)


def test_events(bench: Bench) -> None:
    async def main() -> None:
        jobs = {bench.job(seed=n, name=str(n)) for n in range(3)}
        wanted = {job.id for job in jobs}
        for job in jobs:
            job.resume()
        async for event in bench.manager.events(timeout=PATIENCE_S):
            assert event.kind is EventKind.JOB_TRANSFERRED
            wanted.discard(event.job)
            if not wanted:
                break

    run(main)


def test_events_end(bench: Bench) -> None:
    async def main() -> None:
        assert [event async for event in bench.manager.events(timeout=0.05)] == []
        closing = asyncio.get_running_loop().call_later(0.05, bench.manager.close)
        assert [event async for event in bench.manager.events()] == []
        closing.cancel()

    run(main)


def test_cancelled_taker_loses_no_event(bench: Bench) -> None:
    async def main() -> None:
        events = bench.manager.events()
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(anext(events), 0.05)
        job = bench.job()
        job.resume()
        await job.wait_async()
        event = await asyncio.wait_for(anext(events), PATIENCE_S)
        assert event.kind is EventKind.JOB_TRANSFERRED

    run(main)
