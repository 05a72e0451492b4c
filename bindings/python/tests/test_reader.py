"""`bgcopy.Reader`."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from conftest import LENGTH, Bench

import bgcopy
from bgcopy import JobState, Reader, WaitKind


def test_looks_while_another_drives(bench: Bench) -> None:
    job = bench.transferred()
    reader = Reader(bench.store)
    assert reader.engine_is_running
    [record] = reader.jobs()
    assert record == reader.job(job.id)
    assert (record.id, record.state) == (job.id, JobState.TRANSFERRED)
    [file] = reader.files(job.id)
    assert (file.index, file.remote_name) == (0, bench.server.url(1))
    assert (file.local_name, file.temporary_name) == (bench.path(), job.file(0).temporary_name)
    assert (file.bytes_transferred, file.bytes_total, file.transferred) == (LENGTH, LENGTH, True)
    assert reader.wait_reason(job.id).kind is WaitKind.AWAITING_COMPLETE


def test_looks_after_the_end(bench: Bench) -> None:
    id = bench.stalled().id
    bench.manager.close()
    reader = Reader(bench.store)
    assert not reader.engine_is_running
    assert reader.wait_reason(id).kind is WaitKind.ENGINE_NOT_RUNNING


def test_what_is_not_there(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Reader(tmp_path / "nothing")
    with pytest.raises(bgcopy.JobNotFoundError):
        Reader(bench.store).files(uuid.uuid4())
