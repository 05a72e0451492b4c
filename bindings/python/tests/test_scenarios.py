"""The shared scenarios, as a Python program runs them."""

from __future__ import annotations

import hashlib

import pytest
from conftest import HELD, LENGTH, PATIENCE_S, Bench, until

import bgcopy
from bgcopy import (
    AuthScheme,
    AuthTarget,
    ErrorContext,
    ExpectedHash,
    FileSpec,
    HashAlgorithm,
    HResult,
    JobState,
    JobType,
    UploadProtocol,
    WaitKind,
)

REPLY = 100_000
"""Bytes of the server's reply."""


def test_download(bench: Bench) -> None:
    job = bench.transferred()
    assert not bench.path().exists(), "nothing is in place before complete"
    assert job.complete() is HResult.S_OK
    assert bench.path().read_bytes() == bench.server.content(1)
    assert job.state is JobState.ACKNOWLEDGED
    assert bench.temporaries() == []
    assert bench.manager.jobs() == []


def test_suspend_and_resume_keeps_the_bytes(bench: Bench) -> None:
    job = bench.stalled()
    job.suspend()
    assert job.state is JobState.SUSPENDED
    assert job.wait_reason.kind is WaitKind.SUSPENDED_BY_CALLER
    assert job.progress.bytes_transferred >= HELD
    job.file(0).set_remote_name(bench.server.url(1, query="etag=same"))
    job.resume()
    assert job.wait(timeout=PATIENCE_S) is JobState.TRANSFERRED
    headers = job.file(0).response_headers
    assert headers is not None
    assert " 206 " in headers.splitlines()[0], "only the rest was asked for"
    job.complete()
    assert bench.path().read_bytes() == bench.server.content(1)


def test_cancel_removes_the_temporary_file(bench: Bench) -> None:
    job = bench.stalled()
    assert job.file(0).temporary_name.exists()
    assert bench.temporaries() == [job.file(0).temporary_name.name]
    assert job.cancel() is HResult.S_OK
    assert bench.temporaries() == []
    assert not bench.path().exists()
    assert job.state is JobState.CANCELLED
    with pytest.raises(bgcopy.InvalidStateError):
        job.resume()


def test_complete_of_a_part(bench: Bench) -> None:
    job = bench.manager.create_job("two")
    job.add_file(bench.server.url(1), bench.path("here"))
    job.add_file(bench.server.url(2, query="stall_after=1"), bench.path("missing"))
    job.notify_flags = bgcopy.NotifyFlags.FILE_TRANSFERRED
    job.resume()
    event = bench.manager.next_event(PATIENCE_S)
    assert event is not None
    assert event.file == 0
    job.suspend()
    assert job.complete() is HResult.BG_S_PARTIAL_COMPLETE
    assert bench.path("here").read_bytes() == bench.server.content(1)
    assert not bench.path("missing").exists()
    assert bench.temporaries() == []


def test_hash_mismatch(bench: Bench) -> None:
    job = bench.job()
    job.file(0).set_expected_hash(ExpectedHash(HashAlgorithm.SHA256, bytes(32)))
    job.resume()
    assert job.wait(timeout=PATIENCE_S) is JobState.ERROR
    error = job.error()
    assert error.code is HResult.BGCOPY_E_HASH_MISMATCH
    assert error.file == 0
    right = hashlib.sha256(bench.server.content(1)).hexdigest()
    job.file(0).set_expected_hash(ExpectedHash(HashAlgorithm.SHA256, right))
    job.resume()
    assert job.wait(timeout=PATIENCE_S) is JobState.TRANSFERRED


def test_restart_of_the_manager(bench: Bench) -> None:
    job = bench.stalled()
    id = job.id
    bench.manager.close()
    with pytest.raises(bgcopy.ManagerClosedError):
        _ = job.state
    job = bench.open().get_job(id)
    assert job.file(0).progress.bytes_transferred >= HELD
    # It went on by itself, and stalled again.
    job.suspend()
    job.file(0).set_remote_name(bench.server.url(1, query="etag=same"))
    job.resume()
    assert job.wait(timeout=PATIENCE_S) is JobState.TRANSFERRED
    job.complete()
    assert bench.path().read_bytes() == bench.server.content(1)


def test_wait_reason_says_why_and_what_helps(bench: Bench) -> None:
    job = bench.manager.create_job("empty")
    assert job.wait_reason.kind is WaitKind.NO_FILES
    job = bench.job("status=503")
    job.resume()
    job.wait([JobState.TRANSIENT_ERROR], timeout=PATIENCE_S)
    reason = job.wait_reason
    assert reason.kind is WaitKind.RETRY_AFTER_ERROR
    assert reason.code == HResult.BG_E_HTTP_ERROR_503
    assert reason.code.http_status == 503
    assert reason.next_try is not None
    assert reason.next_try > reason.since
    assert reason.message
    assert reason.unblock


def test_error_says_what_failed(bench: Bench) -> None:
    job = bench.job("status=404")
    job.resume()
    assert job.wait(timeout=PATIENCE_S) is JobState.ERROR
    error = job.error()
    assert (error.code, error.context) == (
        HResult.BG_E_HTTP_ERROR_404,
        ErrorContext.REMOTE_FILE,
    )
    assert error.protocol == "http"
    assert job.error_count == 1


def test_add_file_set_is_all_or_none(bench: Bench) -> None:
    job = bench.manager.create_job("set")
    good = FileSpec(bench.server.url(1), bench.path("good"))
    bad = FileSpec(bench.server.url(2), bench.path("missing/bad"))
    with pytest.raises(bgcopy.PathNotFoundError):
        job.add_file_set([good, bad])
    assert job.files() == []
    job.add_file_set([good])
    assert job.progress.files_total == 1


def test_credentials(bench: Bench) -> None:
    job = bench.job("basic=user:secret")
    job.resume()
    assert job.wait(timeout=PATIENCE_S) is JobState.ERROR
    assert job.error().code == HResult.BG_E_HTTP_ERROR_401
    job.set_credentials(AuthTarget.SERVER, AuthScheme.BASIC, "user", "secret")
    job.resume()
    assert job.wait(timeout=PATIENCE_S) is JobState.TRANSFERRED
    assert job.remove_credentials(AuthTarget.SERVER, AuthScheme.BASIC) is HResult.S_OK
    assert job.remove_credentials(AuthTarget.SERVER, AuthScheme.BASIC) is HResult.S_FALSE


def test_ranges_are_stored_back_to_back(bench: Bench) -> None:
    job = bench.manager.create_job("ranges")
    ranges = (bgcopy.FileRange(100, 50), bgcopy.FileRange(LENGTH - 10))
    job.add_file_with_ranges(bench.server.url(1), bench.path(), ranges)
    assert job.file(0).ranges == ranges
    assert job.file(0).filled_ranges == ()
    job.resume()
    assert job.wait(timeout=PATIENCE_S) is JobState.TRANSFERRED
    assert job.file(0).filled_ranges == (ranges[0], bgcopy.FileRange(LENGTH - 10, 10))
    job.complete()
    content = bench.server.content(1)
    assert bench.path().read_bytes() == content[100:150] + content[-10:]


PARTS = 9_000_000
"""Bytes of a file that goes to S3 in two parts."""

EACH_PROTOCOL = pytest.mark.parametrize(
    ("protocol", "area", "slow", "length"),
    [
        (UploadProtocol.BITS, "/up/", "/up/slow/", LENGTH),
        (UploadProtocol.TUS, "/up/tus/", "/up/slow/tus/", LENGTH),
        (UploadProtocol.IETF, "/up/ietf/", "/up/slow/ietf/", LENGTH),
        (UploadProtocol.S3, "/s3/", "/s3-slow/", PARTS),
    ],
)


@EACH_PROTOCOL
def test_upload(bench: Bench, protocol: UploadProtocol, area: str, slow: str, length: int) -> None:
    job = bench.upload(f"{area}scenario", protocol=protocol, length=length)
    assert (job.job_type, job.upload_protocol) == (JobType.UPLOAD, protocol)
    job.resume()
    assert job.wait(timeout=PATIENCE_S) is JobState.TRANSFERRED
    assert job.progress == bgcopy.JobProgress(length, length, 1, 1)
    assert bench.server.sent(f"{area}scenario") == bench.server.content(1, length)
    with pytest.raises(bgcopy.NotSupportedError):
        _ = job.reply_progress
    assert job.complete() is HResult.S_OK
    assert bench.path("source").exists(), "the source is the caller's"
    assert bench.manager.jobs() == []


def test_upload_with_a_reply(bench: Bench) -> None:
    job = bench.upload("/up/answered/scenario", JobType.UPLOAD_REPLY)
    assert job.reply_file_name == bench.path("source.reply")
    job.reply_file_name = bench.path("answer")
    assert job.reply_progress == bgcopy.ReplyProgress(None, 0)
    with pytest.raises(bgcopy.InvalidStateError):
        job.reply_data()
    job.resume()
    assert job.wait(timeout=PATIENCE_S) is JobState.TRANSFERRED
    answer = bench.server.content(9, REPLY)
    assert job.reply_progress == bgcopy.ReplyProgress(REPLY, REPLY)
    assert job.reply_data() == answer
    assert not bench.path("answer").exists(), "nothing is in place before complete"
    assert job.complete() is HResult.S_OK
    assert bench.path("answer").read_bytes() == answer


def test_many_uploads_are_one_job_each(bench: Bench) -> None:
    files = [
        FileSpec(f"{bench.server.address}/up/many-{seed}", bench.source(f"s{seed}", seed=seed))
        for seed in (1, 2, 3)
    ]
    with pytest.raises(FileNotFoundError):
        bench.manager.create_uploads([*files, FileSpec(files[0].remote_name, bench.path("none"))])
    assert bench.manager.jobs() == [], "all or none"
    jobs = bench.manager.create_uploads(files)
    assert [job.display_name for job in jobs] == ["s1", "s2", "s3"]
    for job in jobs:
        job.resume()
    for seed, job in enumerate(jobs, 1):
        assert job.wait(timeout=PATIENCE_S) is JobState.TRANSFERRED
        assert bench.server.sent(f"/up/many-{seed}") == bench.server.content(seed)
        job.complete()


@EACH_PROTOCOL
def test_cancel_of_an_upload_reaches_the_server(
    bench: Bench, protocol: UploadProtocol, area: str, slow: str, length: int
) -> None:
    job = bench.upload(f"{slow}cancelled", protocol=protocol, length=length)
    job.resume()
    # A part of S3 is there when all of it has come.
    least = 0 if protocol is UploadProtocol.S3 else 1
    until(lambda: bench.server.unfinished(slow).get(f"{slow}cancelled", -1) >= least)
    assert job.cancel() is HResult.S_OK
    assert job.state is JobState.CANCELLED
    until(lambda: job.wait_reason.kind is WaitKind.FINISHED)
    assert f"{slow}cancelled" not in bench.server.unfinished(slow)
    assert bench.server.sent(f"{slow}cancelled") is None
    assert bench.path("source").exists(), "the source is the caller's"
