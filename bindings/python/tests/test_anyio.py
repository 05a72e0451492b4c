"""Waiting, events and reading in tasks of anyio, on asyncio and on trio."""

from __future__ import annotations

import time
from collections.abc import Iterator

import anyio
import anyio.lowlevel
import pytest
import trio
from conftest import HELD, PATIENCE_S, Bench, until
from test_asyncio import alone

import bgcopy
from bgcopy import EventKind, JobState, _wait

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    yield
    until(alone)


async def test_many_wait(bench: Bench) -> None:
    jobs = [bench.job(seed=n, name=str(n)) for n in range(8)]
    states: list[JobState] = []

    async def wait(job: bgcopy.Job) -> None:
        states.append(await job.wait_async(timeout=PATIENCE_S))

    async with anyio.create_task_group() as group:
        for job in jobs:
            group.start_soon(wait, job)
            job.resume()
    assert states == [JobState.TRANSFERRED] * 8


async def test_loop_is_not_blocked(bench: Bench) -> None:
    job = bench.stalled()
    async with anyio.create_task_group() as group:
        group.start_soon(job.wait_async)
        for _ in range(20):
            began = time.monotonic()
            await anyio.sleep(0.01)
            assert time.monotonic() - began < 1
        group.cancel_scope.cancel()
    assert job.state is JobState.TRANSFERRING


async def test_waits_end(bench: Bench) -> None:
    job = bench.stalled()
    with pytest.raises(bgcopy.WaitTimeoutError):
        await job.wait_async(timeout=0.05)
    with pytest.raises(TimeoutError), anyio.fail_after(0.05):
        await job.wait_async()
    assert await job.wait_async([JobState.TRANSFERRING]) is JobState.TRANSFERRING

    async def wait() -> None:
        with pytest.raises(bgcopy.ManagerClosedError):
            await job.wait_async()

    async with anyio.create_task_group() as group:
        group.start_soon(wait)
        await anyio.lowlevel.checkpoint()
        bench.manager.close()


async def test_events(bench: Bench) -> None:
    jobs = {bench.job(seed=n, name=str(n)) for n in range(3)}
    wanted = {job.id for job in jobs}
    for job in jobs:
        job.resume()
    async for event in bench.manager.events(timeout=PATIENCE_S):
        assert event.kind is EventKind.JOB_TRANSFERRED
        wanted.discard(event.job)
        if not wanted:
            break
    assert [event async for event in bench.manager.events(timeout=0.05)] == []


async def test_cancelled_taker_loses_no_event(bench: Bench) -> None:
    events = bench.manager.events()
    with anyio.move_on_after(0.05) as scope:
        await anext(events)
    assert scope.cancelled_caught
    job = bench.job()
    job.resume()
    await job.wait_async()
    with anyio.fail_after(PATIENCE_S):
        event = await anext(events)
    assert (event.kind, event.job) == (EventKind.JOB_TRANSFERRED, job.id)


async def test_reads(bench: Bench) -> None:
    content = bench.server.content(1)
    with bench.stalled().file(0).open_reader() as reader:
        read = b""
        while len(read) < HELD:
            read += await reader.read_async(HELD - len(read))
        assert read == content[:HELD]
        with anyio.move_on_after(0.05) as scope:
            while True:
                await reader.read_async()
        assert scope.cancelled_caught
        until(alone)
        reader.seek(0)
        assert await reader.read_async(5) == content[:5]


def test_one_loop_after_the_other(bench: Bench) -> None:
    events = bench.manager.events()

    async def give_up() -> None:
        with anyio.move_on_after(0.02):
            await anext(events)

    async def take() -> None:
        with anyio.fail_after(PATIENCE_S):
            assert (await anext(events)).kind is EventKind.JOB_TRANSFERRED

    for backend in ("asyncio", "trio", "trio", "asyncio"):
        anyio.run(give_up, backend=backend)
    # Those that were given up take the events of their loops with them.
    del events
    until(alone)
    events = bench.manager.events()
    for backend in ("trio", "asyncio"):
        job = bench.job(name=backend)
        job.resume()
        anyio.run(take, backend=backend)


def test_trio_alone(bench: Bench) -> None:
    async def main() -> None:
        job = bench.job()
        job.resume()
        with trio.fail_after(PATIENCE_S):
            assert await job.wait_async() is JobState.TRANSFERRED

    trio.run(main)


def test_a_run_that_ends_first(bench: Bench) -> None:
    job = bench.stalled()

    async def main() -> None:
        with trio.move_on_after(0.02):
            await job.wait_async()

    trio.run(main)
    job.cancel()


def test_a_wait_belongs_to_its_run(bench: Bench) -> None:
    waits: list[_wait.Wait] = []

    async def main() -> None:
        waits.append(_wait.wait_here())
        assert [_wait.is_here(wait) for wait in waits] == [False] * (len(waits) - 1) + [True]

    for backend in ("asyncio", "asyncio", "trio", "trio", "asyncio"):
        anyio.run(main, backend=backend)
