"""`bgcopy.FileReader`."""

from __future__ import annotations

import asyncio
import gc
import io
import shutil
import threading

import pytest
from conftest import HELD, LENGTH, PATIENCE_S, STALL, Bench, until

import bgcopy
from bgcopy import (
    ExpectedHash,
    File,
    FileRange,
    FileReader,
    HashAlgorithm,
    HResult,
    Job,
    JobPropertyId,
    JobState,
)

LARGE = 40 << 20
"""Bytes of a file that may have several requests."""

PLACE = 30 << 20
"""What is read of it first."""


def large(bench: Bench) -> Job:
    """A job under way whose requests each stand still after a while."""
    job = bench.manager.create_job("large")
    url = bench.server.url(1, LARGE, f"etag=same&stall_after={1 << 20}")
    job.add_file(url, bench.path("large"))
    job.resume()
    until(lambda: job.file(0).progress.bytes_transferred > 0)
    return job


def go_on(bench: Bench, job: Job, *, seed: int = 1, etag: str = "same") -> None:
    """Has the rest of a stalled file fetched from elsewhere."""
    job.suspend()
    job.file(0).set_remote_name(bench.server.url(seed, query=f"etag={etag}"))
    job.resume()


@pytest.fixture
def stalled(bench: Bench) -> File:
    return bench.stalled().file(0)


def test_reads_while_the_file_is_downloaded(bench: Bench, stalled: File) -> None:
    content = bench.server.content(1)
    job = stalled.job
    with stalled.open_reader() as reader:
        assert isinstance(reader, io.RawIOBase)
        assert (reader.readable(), reader.seekable(), reader.writable()) == (True, True, False)
        assert (reader.tell(), reader.size, reader.verified) == (0, LENGTH, False)
        first = io.BytesIO()
        while first.tell() < HELD:
            first.write(reader.read(HELD - first.tell()) or b"")
        assert first.getvalue() == content[:HELD]
        assert job.state is JobState.TRANSFERRING
        go_on(bench, job)
        reader.seek(0)
        assert job.wait(timeout=PATIENCE_S) is JobState.TRANSFERRED
        assert reader.readall() == content
        assert (reader.tell(), reader.read(1), reader.verified) == (LENGTH, b"", True)
        job.complete()
        assert reader.seek(-10, io.SEEK_END) == LENGTH - 10
        assert reader.seek(3, io.SEEK_CUR) == LENGTH - 7
        assert reader.read() == content[-7:]
    with stalled.open_reader() as again:
        assert again.read(5) == content[:5]


def test_a_read_waits_for_what_is_to_come(bench: Bench, stalled: File) -> None:
    content = bench.server.content(1)
    reader = stalled.open_reader(timeout=PATIENCE_S)
    reader.seek(LENGTH - 100)
    found: list[bytes | None] = []
    job = stalled.job
    job.suspend()
    stalled.set_remote_name(bench.server.url(1, query="etag=same&rate=2000000"))
    job.resume()
    reads = threading.Thread(target=lambda: found.append(reader.read()))
    reads.start()
    reads.join(PATIENCE_S)
    assert found == [content[-100:]]


def test_is_a_stream_as_any_other(bench: Bench) -> None:
    content = bench.server.content(1)
    file = bench.transferred().file(0)
    copied = io.BytesIO()
    with file.open_reader() as reader:
        shutil.copyfileobj(reader, copied)
    assert copied.getvalue() == content
    with io.BufferedReader(file.open_reader()) as buffered:
        assert b"".join(buffered) == content
        buffered.seek(1000)
        assert buffered.peek(1)[:1] == content[1000:1001]
    lines = file.open_reader()
    lines.seek(content.rindex(b"\n") - 50)
    assert b"".join(lines) == content[content.rindex(b"\n") - 50 :]
    into = bytearray(10)
    assert lines.seek(7) == 7
    assert lines.readinto(memoryview(into)[2:6]) == 4
    assert into == b"\0\0" + content[7:11] + b"\0" * 4
    assert lines.readinto(bytearray()) == 0


def test_bytes_that_a_read_waits_for_come_first(bench: Bench) -> None:
    job = large(bench)
    reader = job.file(0).open_reader(timeout=PATIENCE_S)
    reader.seek(PLACE)
    assert reader.read(1000) == bench.server.content(1, LARGE)[PLACE : PLACE + 1000]
    assert not reader.verified


def test_a_new_position_is_fetched_first(bench: Bench) -> None:
    file = large(bench).file(0)
    file.update_download_position(PLACE)
    until(lambda: any(one.initial_offset == PLACE for one in file.filled_ranges))
    with pytest.raises(bgcopy.InvalidArgumentError) as behind:
        file.update_download_position(LARGE)
    assert behind.value.hresult is HResult.BG_E_INVALID_RANGE
    with pytest.raises(OverflowError):
        file.update_download_position(-1)
    pieces = bench.manager.create_job("pieces")
    pieces.add_file_with_ranges(bench.server.url(1), bench.path("pieces"), [FileRange(0, 10)])
    with pytest.raises(bgcopy.NotSupportedError):
        pieces.file(0).update_download_position(1)


def test_on_demand_nothing_but_requested_ranges_is_fetched(bench: Bench) -> None:
    job = bench.manager.create_job("on demand")
    job.add_file(bench.server.url(1), bench.path("file"))
    job.set_property(JobPropertyId.ON_DEMAND_MODE, True)
    file = job.file(0)
    late, early = FileRange(500_000, 10), FileRange(5, 10)
    file.request_ranges([late, early])
    job.resume()
    states = [JobState.SUSPENDED, JobState.ERROR]
    assert job.wait(states, timeout=PATIENCE_S) is JobState.SUSPENDED
    assert file.filled_ranges == (early, late)
    reader = file.open_reader(timeout=PATIENCE_S)
    reader.seek(500_000)
    assert reader.read(10) == bench.server.content(1)[500_000:500_010]
    with pytest.raises(bgcopy.InvalidArgumentError):
        file.request_ranges([])
    with pytest.raises(bgcopy.InvalidArgumentError) as outside:
        file.request_ranges([FileRange(1 << 40, 1)])
    assert outside.value.hresult is HResult.BG_E_INVALID_RANGE


def test_nobody_reads_two_versions(bench: Bench, stalled: File) -> None:
    reader = stalled.open_reader(timeout=PATIENCE_S)
    assert reader.read(1000) == bench.server.content(1)[:1000]
    go_on(bench, stalled.job, seed=2, etag="other")
    with pytest.raises(bgcopy.BgcopyError) as changed:
        reader.readall()
    assert changed.value.hresult is HResult.BG_E_REMOTE_FILE_CHANGED
    with pytest.raises(bgcopy.BgcopyError):
        _ = reader.verified
    assert stalled.open_reader().readall() == bench.server.content(2)


def test_a_read_that_cannot_come_says_why(bench: Bench, stalled: File) -> None:
    reader = stalled.open_reader()
    stalled.job.suspend()
    assert reader.read(1) == bench.server.content(1)[:1]
    reader.seek(LENGTH - 1)
    with pytest.raises(bgcopy.InvalidStateError) as suspended:
        reader.read(1)
    assert suspended.value.hresult is HResult.DO_E_INVALID_STATE
    stalled.job.cancel()
    with pytest.raises(bgcopy.InvalidStateError):
        stalled.open_reader()
    missing = bench.job("status=404", name="missing")
    of_missing = missing.file(0).open_reader(PATIENCE_S)
    missing.resume()
    with pytest.raises(bgcopy.BgcopyError) as gone:
        of_missing.read()
    assert gone.value.hresult is HResult.BG_E_HTTP_ERROR_404
    assert of_missing.size is None
    with pytest.raises(bgcopy.InvalidStateError):
        of_missing.seek(0, io.SEEK_END)
    with pytest.raises(bgcopy.NotSupportedError):
        bench.upload("/up/x").file(0).open_reader()


def test_the_time_of_a_read_ends(stalled: File) -> None:
    reader = stalled.open_reader(timeout=0.05)
    reader.seek(LENGTH - 1)
    with pytest.raises(bgcopy.WaitTimeoutError):
        reader.read(1)
    assert reader.tell() == LENGTH - 1
    with pytest.raises(bgcopy.InvalidArgumentError):
        stalled.open_reader(timeout=-1)


def test_calls_take_turns(bench: Bench, stalled: File) -> None:
    reader = stalled.open_reader(timeout=PATIENCE_S)
    reader.seek(LENGTH - 1)
    failures: list[BaseException] = []

    def read() -> None:
        try:
            reader.read(1)
        except (bgcopy.InvalidStateError, ValueError) as failure:
            failures.append(failure)

    both = [threading.Thread(target=read) for _ in range(2)]
    for one in both:
        one.start()
    until(reader._turn.locked)
    # It does not wait for the one that reads, nor disturb it.
    reader.close()
    assert any(one.is_alive() for one in both)
    stalled.job.suspend()
    for one in both:
        one.join(PATIENCE_S)
    assert len(failures) == 2
    assert any(isinstance(failure, bgcopy.InvalidStateError) for failure in failures)


def test_wrong_use(bench: Bench) -> None:
    file = bench.transferred().file(0)
    reader = file.open_reader()
    with pytest.raises(bgcopy.InvalidArgumentError):
        reader.seek(-1)
    with pytest.raises(bgcopy.InvalidArgumentError):
        reader.seek(-1, io.SEEK_CUR)
    with pytest.raises(bgcopy.InvalidArgumentError):
        reader.seek(0, 3)
    reader.close()
    reader.close()
    assert reader.closed
    for call in (reader.read, reader.tell, reader.readable, lambda: reader.size):
        with pytest.raises(ValueError, match="closed"):
            call()
    # Nobody closes this one: the collector does, without a warning.
    file.open_reader()
    gc.collect()
    left = file.open_reader()
    bench.manager.close()
    with pytest.raises(bgcopy.ManagerClosedError):
        left.read(1)


def test_content_with_another_hash_is_never_verified(bench: Bench) -> None:
    job = bench.job()
    file = job.file(0)
    file.set_expected_hash(ExpectedHash(HashAlgorithm.SHA256, bytes(32)))
    reader = file.open_reader(timeout=PATIENCE_S)
    job.resume()
    assert job.wait(timeout=PATIENCE_S) is JobState.ERROR
    with pytest.raises(bgcopy.BgcopyError) as wrong:
        reader.readall()
    assert wrong.value.hresult is HResult.BGCOPY_E_HASH_MISMATCH


def test_reads_in_tasks(bench: Bench, stalled: File) -> None:
    content = bench.server.content(1)

    async def main(reader: FileReader) -> None:
        assert await reader.read_async(1000) == content[:1000]
        assert reader.tell() == 1000
        reader.seek(LENGTH - 1)
        with pytest.raises(bgcopy.WaitTimeoutError):
            await reader.read_async(timeout=0.05)
        waits = asyncio.create_task(reader.read_async())
        await asyncio.sleep(0.05)
        waits.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waits
        assert reader.tell() == LENGTH - 1, "it has read nothing"
        reader.seek(1000)
        late = asyncio.create_task(reader.read_async(10))
        await asyncio.sleep(0)
        # Its thread has the bytes, and the loop does not know of them yet.
        until(lambda: not any(one.name == "bgcopy-wait" for one in threading.enumerate()))
        late.cancel()
        with pytest.raises(asyncio.CancelledError):
            await late
        assert reader.tell() == 1000, "nor has this one"
        reader.seek(HELD - 10)
        assert content[HELD - 10 :].startswith(await reader.read_async(10))
        reader.seek(STALL)
        waits = asyncio.create_task(reader.read_async())
        await asyncio.to_thread(go_on, bench, stalled.job)
        try:
            read = await waits
        except bgcopy.InvalidStateError:
            # It was suspended for a moment.
            read = await reader.read_async()
        assert content[STALL:].startswith(read)
        reader.seek(0, io.SEEK_END)
        assert await reader.read_async() == b""

    with stalled.open_reader() as reader:
        asyncio.run(main(reader), debug=True)
