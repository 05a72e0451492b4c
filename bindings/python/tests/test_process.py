"""The end of the interpreter, signals, and forked children."""

from __future__ import annotations

import os
import signal
import sys
import time

import pytest
from conftest import PATIENCE_S, Bench, ended, python

from bgcopy import JobState, WaitKind

OPEN = """
import sys, threading, bgcopy
manager = bgcopy.Manager(sys.argv[1])
job = manager.create_job("left open")
job.add_file(sys.argv[2], sys.argv[3])
job.resume()
job.wait([bgcopy.JobState.TRANSFERRING])
"""

ENDS = {
    "nothing closed": "",
    "in a cycle": "cycle = [manager]; cycle.append(cycle); sys.modules['kept'] = cycle",
    "a thread waits": "threading.Thread(target=job.wait, daemon=True).start()",
    "a thread waits for events": (
        "threading.Thread(target=lambda: list(manager.events()), daemon=True).start()"
    ),
    "callbacks": "job.on_transferred(print); job.on_error(print)",
    "a task waits": (
        "import asyncio; loop = asyncio.new_event_loop(); task = loop.create_task("
        "job.wait_async()); loop.run_until_complete(asyncio.sleep(0.05)); task.cancel();"
        "loop.run_until_complete(asyncio.wait([task])); loop.close()"
    ),
    "sys.exit": "sys.exit(0)",
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
def test_manager_left_open_at_exit(bench: Bench, end: str) -> None:
    bench.manager.close()
    url = bench.server.url(1, query="stall_after=1")
    began = time.monotonic()
    process = python(OPEN + end, bench.store, url, bench.path())
    assert ended(process) == (0, "", "")
    assert time.monotonic() - began < PATIENCE_S / 2
    [job] = bench.open()
    assert job.display_name == "left open"
    assert job.wait([JobState.TRANSFERRING], timeout=PATIENCE_S)


INTERRUPTED = """
import signal, sys, time, bgcopy
signal.signal(signal.SIGINT, signal.default_int_handler)
manager = bgcopy.Manager(sys.argv[1])
job = manager.create_job("interrupted")
job.add_file(sys.argv[2], sys.argv[3])
job.resume()
job.wait([bgcopy.JobState.TRANSFERRING])
print("waiting", flush=True)
try:
    {wait}
except KeyboardInterrupt:
    print(time.clock_gettime(time.CLOCK_MONOTONIC), flush=True)
"""


@pytest.mark.parametrize(
    "wait",
    [
        "job.wait()",
        "manager.next_event()",
        "next(manager.events())",
        "job.file(0).open_reader().readall()",
    ],
)
def test_keyboard_interrupt_ends_a_wait(bench: Bench, wait: str) -> None:
    url = bench.server.url(1, query="stall_after=1")
    program = INTERRUPTED.format(wait=wait)
    process = python(program, bench.folder / "other", url, bench.path())
    assert process.stdout is not None
    assert process.stdout.readline() == "waiting\n"
    # Most of the way from the line to the wait; the rule holds at any moment.
    time.sleep(0.1)
    sent = time.clock_gettime(time.CLOCK_MONOTONIC)
    process.send_signal(signal.SIGINT)
    code, out, err = ended(process)
    assert (code, err) == (0, "")
    assert float(out) - sent < float(os.environ.get("BGCOPY_INTERRUPT_S", "0.2"))


ELSEWHERE = """
import signal, sys, threading, time, bgcopy
signal.signal(signal.SIGINT, signal.default_int_handler)
manager = bgcopy.Manager(sys.argv[1])
job = manager.create_job("interrupted")
task = threading.main_thread().native_id

def sleeps():
    with open(f"/proc/self/task/{{task}}/wchan") as where:
        return "pipe" in where.read()

def send():
    # Taken by this thread: it ends no call of the main one.
    while not sleeps():
        time.sleep(0.01)
    signal.pthread_kill(threading.get_ident(), signal.SIGINT)

threading.Thread(target=send).start()
try:
    {wait}
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")
@pytest.mark.parametrize("wait", ["job.wait()", "manager.next_event()"])
def test_a_signal_that_another_thread_takes_ends_a_wait(bench: Bench, wait: str) -> None:
    process = python(ELSEWHERE.format(wait=wait), bench.folder / "other")
    assert ended(process) == (0, "interrupted\n", "")


LOOP = """
import asyncio, os, signal, sys, threading, time, bgcopy
manager = bgcopy.Manager(sys.argv[1])
job = manager.create_job("idle")

async def main():
    heard = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, heard.set)
    timer = threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGUSR1))
    timer.start()
    threading.Timer(0.5, job.cancel).start()
    job.wait([bgcopy.JobState.CANCELLED])
    await asyncio.wait_for(heard.wait(), 20)
    print("heard", flush=True)

asyncio.run(main())
"""


def test_a_signal_during_a_wait_reaches_the_event_loop(bench: Bench) -> None:
    assert ended(python(LOOP, bench.folder / "other")) == (0, "heard\n", "")


IDLE = """
import pathlib, re, sys, threading, time, bgcopy
manager = bgcopy.Manager(sys.argv[1])
job = manager.create_job("idle")

def switches():
    task = threading.main_thread().native_id
    text = pathlib.Path(f"/proc/self/task/{task}/status").read_text()
    return int(re.search(r"^voluntary_ctxt_switches:\\s+(\\d+)", text, re.M)[1])

def watch():
    time.sleep(0.5)
    before = switches()
    time.sleep(1)
    print(switches() - before, flush=True)
    job.cancel()

threading.Thread(target=watch).start()
print(job.wait().name, flush=True)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")
def test_a_long_wait_wakes_nobody_up(bench: Bench) -> None:
    code, out, err = ended(python(IDLE, bench.folder / "other"))
    assert (code, err) == (0, "")
    woken, end = out.split()
    assert int(woken) <= 1
    assert end == "CANCELLED"


FORKED = """
import os, sys, bgcopy

def in_child(work):
    if (child := os.fork()) == 0:
        try:
            work()
        except BaseException as failure:
            print(repr(failure), flush=True)
            os._exit(1)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0

def refused():
    for call in (lambda: job.state, job.resume, manager.jobs, lambda: manager.next_event(0)):
        try:
            call()
        except bgcopy.ManagerClosedError as error:
            assert "parent" in error.message
        else:
            raise AssertionError("it was answered")
    for _ in range(2):
        try:
            bgcopy.Manager(sys.argv[2])
        except bgcopy.InvalidStateError as error:
            assert "spawn" in error.message
        else:
            raise AssertionError("it was opened")
    manager.close()

def works():
    with bgcopy.Manager(sys.argv[2]) as own:
        own.create_job("of the child")
        in_child(lambda: None)

in_child(works)
manager = bgcopy.Manager(sys.argv[1])
job = manager.create_job("of the parent")
in_child(refused)
assert job.state is bgcopy.JobState.SUSPENDED
manager.close()
in_child(works)
"""


def test_forked_child_works_or_gets_a_clear_error(bench: Bench) -> None:
    process = python(FORKED, bench.folder / "parent", bench.folder / "child")
    assert ended(process) == (0, "", "")


MULTIPROCESSING = """
import multiprocessing, sys, bgcopy

def work(number):
    folder = f"{sys.argv[1]}-{number}"
    with bgcopy.Manager(folder) as manager:
        return manager.create_job("x").state.name

if __name__ == "__main__":
    with multiprocessing.get_context("fork").Pool(2) as pool:
        manager = bgcopy.Manager(sys.argv[1])
        assert pool.map(work, range(4)) == ["SUSPENDED"] * 4
        pool.close()
        pool.join()
    manager.create_job("still works")
"""


def test_forked_workers_have_managers_of_their_own(bench: Bench) -> None:
    assert ended(python(MULTIPROCESSING, bench.folder / "pool")) == (0, "", "")


def test_killed_process_leaves_its_job(bench: Bench) -> None:
    bench.manager.close()
    url = bench.server.url(1, query="stall_after=1")
    program = OPEN + "print('ready', flush=True); sys.stdin.read()"
    process = python(program, bench.store, url, bench.path())
    assert process.stdout is not None
    process.stdout.readline()
    process.kill()
    process.communicate()
    [job] = bench.open()
    job.suspend()
    assert job.wait_reason.kind is WaitKind.SUSPENDED_BY_CALLER
