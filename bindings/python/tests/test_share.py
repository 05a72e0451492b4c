"""One queue, two languages: this interpreter and the program `bgcopy`."""

from __future__ import annotations

import os
import subprocess
import threading
from pathlib import Path

import pytest
from conftest import PATIENCE_S, ROOT, Bench

import bgcopy
from bgcopy import JobState

PROGRAM = Path(os.environ.get("BGCOPY_PROGRAM", ROOT / "target/release/bgcopy"))


def program(bench: Bench, *arguments: str | Path) -> str:
    """What the program says; it must end well."""
    assert PROGRAM.exists(), f"{PROGRAM} is missing: cargo build --release -p bgcopy-cli"
    command = [PROGRAM, *arguments, "--store", bench.store]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_job_of_the_program_is_finished_here(bench: Bench) -> None:
    assert bench.manager.is_host
    program(bench, "add", bench.server.url(3), bench.path("three"))
    (job,) = bench.manager.jobs()
    assert job.wait(timeout=PATIENCE_S) is JobState.TRANSFERRED
    job.complete()
    assert bench.path("three").read_bytes() == bench.server.content(3)


def test_job_from_here_is_finished_by_the_program(bench: Bench) -> None:
    job = bench.transferred()
    program(bench, "complete", str(job.id))
    assert job.state is JobState.ACKNOWLEDGED
    assert bench.path().read_bytes() == bench.server.content(1)


def test_program_hosts_and_this_process_takes_over(bench: Bench) -> None:
    bench.manager.close()
    command: list[str | Path] = [PROGRAM, "serve", "--store", bench.store]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as host:
        assert host.stdout is not None
        assert host.stdout.readline().startswith("serving")
        manager = bench.open()
        assert not manager.is_host
        assert manager.host_process == host.pid
        job = bench.job()
        told = threading.Event()
        job.on_transferred(lambda job: told.set())
        host.kill()
        host.wait()
        job.resume()
        assert job.wait(timeout=PATIENCE_S) is JobState.TRANSFERRED
        assert manager.is_host
        assert told.wait(PATIENCE_S), "callbacks go on"
    job.complete()
    assert bench.path().read_bytes() == bench.server.content(1)


def test_exclusive_store_is_not_shared(bench: Bench) -> None:
    bench.manager.close()
    bench.manager = bgcopy.Manager(bench.store, exclusive=True)
    with pytest.raises(AssertionError, match="0x80070020"):
        program(bench, "add", bench.server.url(3), bench.path("three"))
