"""Plain data: what jobs report, and what they are told."""

from __future__ import annotations

import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from . import _vocab as vocab


@dataclass(frozen=True)
class JobProgress:
    """How far a job has come."""

    bytes_total: int | None
    """Bytes of all files; None until every size is known."""
    bytes_transferred: int
    files_total: int
    files_transferred: int
    """Files whose bytes are all here and checked."""


@dataclass(frozen=True)
class ReplyProgress:
    """How far the reply to an upload has come."""

    bytes_total: int | None
    """Bytes of the reply; None until it is being fetched."""
    bytes_transferred: int


@dataclass(frozen=True)
class FileProgress:
    """How far a file has come."""

    bytes_total: int | None
    """Bytes asked for; None until the server tells."""
    bytes_transferred: int
    completed: bool
    """True once `complete` has put the file in place."""


@dataclass(frozen=True)
class FileSource:
    """A place that a file can be had from, and what became of it."""

    url: str
    kind: vocab.SourceKind
    state: vocab.SourceState
    code: vocab.HResult | None
    """Of its last failure since the job was resumed; None if there is none."""
    message: str | None
    at: datetime | None
    """When that was."""


@dataclass(frozen=True)
class JobTimes:
    """When things happened to a job."""

    creation: datetime
    modification: datetime
    transfer_completion: datetime | None
    """When the job became TRANSFERRED; None before."""


@dataclass(frozen=True)
class JobError:
    """What stopped a job."""

    code: vocab.HResult
    context: vocab.ErrorContext
    file: int | None
    """Index of the file it happened to."""
    protocol: str | None
    message: str
    at: datetime


@dataclass(frozen=True)
class WaitReason:
    """Why a job does not move; for a moving job, what it is doing."""

    kind: vocab.WaitKind
    since: datetime
    next_try: datetime | None
    """When it is tried again by itself."""
    code: vocab.HResult | None
    """The error behind it."""
    message: str
    """One sentence: what is going on."""
    unblock: str
    """One sentence: what would get it moving."""


@dataclass(frozen=True)
class JobRecord:
    """What is stored of a job."""

    id: uuid.UUID
    job_type: vocab.JobType
    owner: str
    display_name: str
    key: str | None
    """What its maker finds it by."""
    description: str
    priority: vocab.JobPriority
    state: vocab.JobState
    state_since: datetime
    closing: bool
    """True while it is being completed or cancelled."""
    progress: JobProgress
    times: JobTimes
    error: JobError | None
    error_count: int


@dataclass(frozen=True)
class FileRecord:
    """What is stored of a file."""

    index: int
    """Its place in the job, from 0."""
    remote_name: str
    local_name: Path
    temporary_name: Path
    bytes_total: int | None
    """Bytes asked for; None until the server tells."""
    bytes_transferred: int
    transferred: bool
    """True once its bytes are all here and checked."""
    expected_hash: ExpectedHash | None


@dataclass(frozen=True)
class JobSnapshot:
    """Everything about a job at one moment."""

    record: JobRecord
    speed: int
    """Bytes per second, averaged over the last seconds; 0 at a standstill."""
    time_left: timedelta | None
    """Until it is transferred at this speed; None if that cannot be said."""
    wait_reason: WaitReason


@dataclass(frozen=True)
class FileRange:
    """One requested piece of a remote file."""

    initial_offset: int
    length: int | None = None
    """In bytes; None reaches to the end of the file."""


@dataclass(frozen=True)
class Event:
    """Something that happened to a job."""

    job: uuid.UUID
    kind: vocab.EventKind
    file: int | None = None
    """To which of its files, for the events of files."""
    error: JobError | None = None
    """The error, for JOB_ERROR."""
    ranges: tuple[FileRange, ...] = ()
    """For FILE_RANGES_TRANSFERRED, what arrived since the last such event."""


@dataclass(frozen=True)
class FileSpec:
    """A file to add."""

    remote_name: str
    local_name: str | os.PathLike[str]
    """An absolute path."""
    ranges: Sequence[FileRange] = ()
    """The pieces wanted, stored back to back in this order; empty = all."""
    expected_hash: ExpectedHash | None = None
    """What the content must have. Downloads only."""
    mirrors: Sequence[str] = ()
    """Other URLs of the same content, in the order in which they are asked when those
    before them fail: see :meth:`File.add_mirror`. Downloads only."""


@dataclass(frozen=True, init=False)
class ExpectedHash:
    """The hash that a file must have."""

    algorithm: vocab.HashAlgorithm
    digest: str
    """In hexadecimal digits."""

    def __init__(self, algorithm: vocab.HashAlgorithm, digest: str | bytes) -> None:
        object.__setattr__(self, "algorithm", vocab.HashAlgorithm(algorithm))
        object.__setattr__(self, "digest", digest.hex() if isinstance(digest, bytes) else digest)


@dataclass(frozen=True)
class ListedChecksum:
    """One line of a list of checksums."""

    name: str
    """With `/` between folders; empty for a digest without a name. It never begins with `/`
    and has no `..`."""
    algorithm: vocab.HashAlgorithm
    digest: str
    """In lower-case hexadecimal digits."""


@dataclass(frozen=True)
class ProxySettings:
    """How a proxy is found."""

    usage: vocab.ProxyUsage
    list: str | None = None
    """Only with OVERRIDE: `[protocol=][protocol://]server[:port]`, separated by spaces."""
    bypass: str | None = None
    """Only with OVERRIDE: hosts that are reached without a proxy."""


@dataclass(frozen=True)
class ClientCertificate:
    """A client certificate and its key, as files in PEM form."""

    certificate: str | os.PathLike[str]
    key: str | os.PathLike[str] | None = None
    """None if the key is in the certificate's file."""


@dataclass(frozen=True)
class Limits:
    """How much may happen at once, and how much a queue may hold."""

    simultaneous_files: int = vocab.DEFAULT_LIMITS["simultaneous_files"]
    connections_total: int = vocab.DEFAULT_LIMITS["connections_total"]
    connections_per_host: int = vocab.DEFAULT_LIMITS["connections_per_host"]
    connections_per_file: int = vocab.DEFAULT_LIMITS["connections_per_file"]
    jobs: int = vocab.DEFAULT_LIMITS["jobs"]
    files_per_job: int = vocab.DEFAULT_LIMITS["files_per_job"]


@dataclass(frozen=True)
class RateLimits:
    """The most bytes a second that all jobs of a queue together receive and send;
    0 for no limit.
    """

    download: int = 0
    upload: int = 0


@dataclass(frozen=True)
class Network:
    """The network as the operating system describes it."""

    is_connected: bool = True
    """False if there is no way to any server."""
    cost: vocab.CostState = vocab.CostState.UNRESTRICTED
    """What it costs: one or more of `UNRESTRICTED` to `ROAMING`."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "cost", vocab.CostState(self.cost))


@dataclass(frozen=True)
class Damage:
    """What was found damaged when the store was opened."""

    kept_at: Path
    """The damaged database, kept under a new name."""
    jobs_saved: int
    jobs_lost: int
    message: str
