"""`bgcopy.Job`."""

from __future__ import annotations

import time
import uuid
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from conftest import LENGTH, PATIENCE_S, Bench

import bgcopy
from bgcopy import (
    AuthScheme,
    AuthTarget,
    ClientCertificate,
    CostState,
    FileSpec,
    HResult,
    Job,
    JobPriority,
    JobPropertyId,
    JobState,
    JobType,
    NotifyFlags,
    ProxySettings,
    ProxyUsage,
    SecurityFlags,
)


@pytest.fixture
def job(bench: Bench) -> Job:
    return bench.manager.create_job("new")


def test_new_job_has_the_defaults(job: Job) -> None:
    assert isinstance(job.id, uuid.UUID)
    assert job.state is JobState.SUSPENDED
    assert job.job_type is JobType.DOWNLOAD
    assert job.priority is JobPriority.NORMAL
    assert job.notify_flags == NotifyFlags.JOB_TRANSFERRED | NotifyFlags.JOB_ERROR
    assert job.owner.startswith("uid ")
    assert job.progress == bgcopy.JobProgress(0, 0, 0, 0)
    assert (job.error_count, job.speed, job.time_left) == (0, 0, None)
    assert (job.custom_headers, job.client_certificate) == (None, None)
    assert job.security_flags == SecurityFlags(0)
    assert repr(job) == f"<bgcopy.Job {job.id} SUSPENDED>"
    with pytest.raises(bgcopy.NotFoundError):
        job.error()
    with pytest.raises(bgcopy.InvalidStateError):
        job.resume()


def test_times_are_aware(bench: Bench) -> None:
    job = bench.transferred()
    times, now = job.times, datetime.now(timezone.utc)
    assert times.transfer_completion is not None
    assert times.creation <= times.transfer_completion <= now
    assert now - times.creation < timedelta(seconds=PATIENCE_S)
    assert bench.job(name="other").times.transfer_completion is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("display_name", "another"),
        ("description", "what it is"),
        ("priority", JobPriority.HIGH),
        ("notify_flags", NotifyFlags.JOB_ERROR | NotifyFlags.FILE_TRANSFERRED),
        ("minimum_retry_delay", timedelta(seconds=60)),
        ("no_progress_timeout", timedelta(minutes=1)),
        ("maximum_download_time", timedelta(days=2)),
        ("proxy_settings", ProxySettings(ProxyUsage.OVERRIDE, "http://proxy:3128", "localhost")),
        ("custom_headers", "X-One: 1\r\nX-Two: 2\r\n"),
        ("http_method", "POST"),
        ("client_certificate", ClientCertificate("/c.pem", "/k.pem")),
        ("security_flags", SecurityFlags.REDIRECT_DISALLOW),
    ],
)
def test_properties_can_be_set(job: Job, name: str, value: Any) -> None:
    setattr(job, name, value)
    assert getattr(job, name) == value
    assert type(getattr(job, name)) is type(value)


def test_spans_may_be_numbers_of_seconds(job: Job) -> None:
    job.minimum_retry_delay = 7.2
    assert job.minimum_retry_delay == timedelta(seconds=8), "rounded up"
    job.maximum_download_time = timedelta(microseconds=1500)
    assert job.maximum_download_time == timedelta(seconds=1), "rounded up"
    for span, becomes in ((0, 0), (0.5, 1), (1, 1), (1.001, 2), (1e30, 2**32 - 1)):
        job.no_progress_timeout = span
        assert job.no_progress_timeout == timedelta(seconds=becomes), span
    with pytest.raises(bgcopy.InvalidArgumentError):
        job.no_progress_timeout = -0.5
    assert job.no_progress_timeout == timedelta(seconds=2**32 - 1)


def test_write_only_headers_are_not_read(job: Job) -> None:
    job.custom_headers = "X: 1\r\n"
    job.make_custom_headers_write_only()
    with pytest.raises(bgcopy.AccessDeniedError):
        _ = job.custom_headers


def test_none_clears(job: Job) -> None:
    job.custom_headers = "X: 1\r\n"
    job.custom_headers = None
    assert job.custom_headers is None
    job.client_certificate = ClientCertificate("/c.pem")
    job.client_certificate = None
    assert job.client_certificate is None


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("display_name", "x" * 257, bgcopy.InvalidArgumentError),
        ("custom_headers", "no colon\r\n", bgcopy.InvalidArgumentError),
        ("http_method", "two words", bgcopy.InvalidArgumentError),
        ("http_method", "HEAD", bgcopy.NotSupportedError),
        ("priority", 9, bgcopy.InvalidArgumentError),
        ("proxy_settings", ProxySettings(ProxyUsage.OVERRIDE), bgcopy.InvalidArgumentError),
        ("client_certificate", ClientCertificate("c.pem"), bgcopy.InvalidArgumentError),
        ("security_flags", 0x4000_0000, bgcopy.NotSupportedError),
        ("display_name", 7, TypeError),
        ("state", JobState.ERROR, AttributeError),
        ("anything", 1, AttributeError),
    ],
)
def test_bad_values_are_refused(job: Job, name: str, value: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        setattr(job, name, value)


@pytest.mark.parametrize(
    ("id", "value"),
    [
        (JobPropertyId.COST_FLAGS, int(CostState.UNRESTRICTED)),
        (JobPropertyId.NOTIFICATION_CLSID, uuid.uuid4()),
        (JobPropertyId.DYNAMIC_CONTENT, True),
        (JobPropertyId.MAX_DOWNLOAD_SIZE, 1 << 40),
        (JobPropertyId.MINIMUM_NOTIFICATION_INTERVAL_MS, 100),
    ],
)
def test_job_properties(job: Job, id: JobPropertyId, value: int | bool | uuid.UUID) -> None:
    job.set_property(id, value)
    assert job.property(id) == value
    with pytest.raises(bgcopy.InvalidArgumentError):
        job.set_property(id, "a text")


def test_unknown_property(job: Job) -> None:
    with pytest.raises(bgcopy.NotFoundError):
        job.property(77)  # type: ignore[arg-type]
    with pytest.raises(bgcopy.InvalidArgumentError):
        job.set_property(JobPropertyId.COST_FLAGS, True)


def test_wait_ends_with_its_timeout(bench: Bench) -> None:
    job = bench.stalled()
    for timeout in (0, 0.05, timedelta(milliseconds=150)):
        began = time.monotonic()
        with pytest.raises(bgcopy.WaitTimeoutError) as raised:
            job.wait(timeout=timeout)
        assert isinstance(raised.value, TimeoutError)
        assert time.monotonic() - began < PATIENCE_S
    assert job.wait([JobState.TRANSFERRING], timeout=PATIENCE_S) is JobState.TRANSFERRING
    with pytest.raises(TypeError):
        job.wait("TRANSFERRED")  # type: ignore[arg-type]


def test_wait_without_states_is_for_the_end(bench: Bench) -> None:
    job = bench.job()
    with pytest.raises(bgcopy.WaitTimeoutError):
        job.wait(timeout=0)
    job.resume()
    assert job.wait(timeout=PATIENCE_S) is JobState.TRANSFERRED
    job.complete()
    assert job.wait([], timeout=PATIENCE_S) is JobState.ACKNOWLEDGED
    with pytest.raises(bgcopy.InvalidStateError):
        job.wait([JobState.TRANSFERRED], timeout=PATIENCE_S)


def test_snapshot_is_one_moment(bench: Bench) -> None:
    job = bench.stalled()
    snapshot = job.snapshot()
    record = snapshot.record
    assert (record.id, record.state) == (job.id, JobState.TRANSFERRING)
    assert record.display_name == "test"
    assert record.progress.bytes_total == LENGTH
    assert not record.closing
    assert record.error is None
    assert snapshot.wait_reason.kind is bgcopy.WaitKind.TRANSFERRING


def test_file_set_takes_anything_iterable_as_a_list(bench: Bench, job: Job) -> None:
    job.add_file_set([FileSpec(bench.server.url(n), bench.path(str(n))) for n in range(3)])
    assert [file.index for file in job] == [0, 1, 2]
    assert len(job.files()) == 3
    with pytest.raises(AttributeError):
        job.add_file_set(["http://h/x"])  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("url", "name", "error"),
    [
        ("http://h/x", "relative", ValueError),
        ("nonsense", None, ValueError),
        ("gopher://h/x", None, ValueError),
        ("http://user:secret@h/x", None, ValueError),
        ("http://h/x", "/no/such/folder/x", FileNotFoundError),
        ("http://h/x", b"\x00", ValueError),
    ],
)
def test_bad_files_are_refused(
    bench: Bench, job: Job, url: str, name: Any, error: type[Exception]
) -> None:
    if isinstance(name, bytes):
        name = f"{bench.folder}/{name.decode('utf-8', 'surrogateescape')}"
    with pytest.raises(error) as raised:
        job.add_file(url, bench.path() if name is None else name)
    assert isinstance(raised.value, bgcopy.BgcopyError)
    assert job.files() == []


def test_replace_remote_prefix(bench: Bench) -> None:
    job = bench.job()
    assert job.replace_remote_prefix("http://nowhere/", "http://x/") is HResult.S_FALSE
    assert job.replace_remote_prefix(bench.server.address, "http://mirror") is HResult.S_OK
    assert job.file(0).remote_name.startswith("http://mirror/gen/1/")


def test_credential_rules(job: Job) -> None:
    with pytest.raises(bgcopy.InvalidArgumentError):
        job.set_credentials(AuthTarget.SERVER, AuthScheme.BASIC, "x" * 301, "")
    with pytest.raises(NotImplementedError):
        job.set_credentials(AuthTarget.PROXY, AuthScheme.NTLM, "x", "y")
    job.set_credentials(AuthTarget.SERVER, AuthScheme.BEARER, "", "token")
    with pytest.raises(bgcopy.InvalidArgumentError):
        job.set_credentials(AuthTarget.SERVER, AuthScheme.BEARER, "name", "token")
    # The user's own.
    job.set_credentials(AuthTarget.PROXY, AuthScheme.NTLM, "", "")


def test_finished_job_still_answers(bench: Bench) -> None:
    job = bench.transferred()
    job.complete()
    assert job.state is JobState.ACKNOWLEDGED
    assert job.wait() is JobState.ACKNOWLEDGED
    assert job.display_name == "test"
    assert job.files()[0].local_name == bench.path()
    for call in (job.resume, job.suspend, job.cancel, job.complete):
        with pytest.raises(bgcopy.InvalidStateError):
            call()
