"""Many threads, many rounds, and handles that go away in any order."""

from __future__ import annotations

import gc
import os
import random
import resource
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import PATIENCE_S, Bench

from bgcopy import JobState

ROUNDS = int(os.environ.get("BGCOPY_ROUNDS", "10000"))


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def resident_kib() -> int:
    text = Path("/proc/self/status").read_text()
    [line] = [line for line in text.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1])


def test_eight_threads_over_one_manager(bench: Bench) -> None:
    start = threading.Barrier(8)

    def work(number: int) -> None:
        start.wait()
        for turn in range(5):
            job = bench.job(seed=turn, name=f"{number}-{turn}")
            job.display_name = f"{number}"
            assert len(list(bench.manager)) > 0
            job.resume()
            if turn % 2:
                assert job.wait(timeout=PATIENCE_S) is JobState.TRANSFERRED
                job.complete()
                assert bench.path(f"{number}-{turn}").read_bytes() == contents[turn]
            else:
                job.cancel()

    contents = [bench.server.content(seed) for seed in range(5)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert bench.manager.jobs() == []
    assert bench.temporaries() == []


def test_waiting_threads_do_not_hold_the_interpreter(bench: Bench) -> None:
    job = bench.stalled()
    waiting = [threading.Thread(target=job.wait, args=([JobState.CANCELLED],)) for _ in range(8)]
    for thread in waiting:
        thread.start()
    assert sum(range(100_000)) > 0
    job.cancel()
    for thread in waiting:
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


@pytest.mark.parametrize("seed", range(5))
def test_handles_go_in_any_order(bench: Bench, seed: int) -> None:
    bench.manager.close()
    before = descriptors()
    handles: list[object] = []
    for _ in range(3):
        manager = bench.open()
        jobs = [manager.create_job("x") for _ in range(3)]
        for number, job in enumerate(jobs):
            job.add_file(bench.server.url(1), bench.path(f"{number}"))
            handles += [job, *job.files(), iter(job)]
        handles += [manager, iter(manager), manager.events()]
        cycle: list[object] = [manager, *jobs]
        cycle.append(cycle)
        del manager, jobs, job, cycle
        bench.manager.close()
    del bench.manager
    random.Random(seed).shuffle(handles)
    while handles:
        handles.pop()
    gc.collect()
    assert descriptors() == before
    bench.open()


@pytest.mark.timeout(180)
def test_rounds_do_not_grow(bench: Bench) -> None:
    def rounds(count: int) -> None:
        for number in range(count):
            job = bench.manager.create_job("round")
            job.add_file(f"http://127.0.0.1:9/{number}", bench.path())
            job.file(0).set_expected_hash(None)
            job.cancel()

    rounds(ROUNDS // 5)
    gc.collect()
    before, memory = descriptors(), resident_kib()
    rounds(ROUNDS)
    gc.collect()
    assert descriptors() == before
    grown = resident_kib() - memory
    # A leak of one small record in each round would be more.
    assert grown < 2048 + ROUNDS // 10, f"{grown} KiB"
    assert bench.manager.jobs() == []
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 512 * 1024
