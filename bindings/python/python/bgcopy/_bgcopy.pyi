"""The native half of the package."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar, final

from ._events import Events, Notifier
from ._file_reader import FileReader
from ._vocab import (
    AuthScheme,
    AuthTarget,
    HResult,
    JobPriority,
    JobPropertyId,
    JobState,
    JobType,
    NotifyFlags,
    PowerState,
    SecurityFlags,
    UploadProtocol,
)
from .records import (
    ClientCertificate,
    Damage,
    Event,
    ExpectedHash,
    FileProgress,
    FileRange,
    FileRecord,
    FileSource,
    FileSpec,
    JobError,
    JobProgress,
    JobRecord,
    JobSnapshot,
    JobTimes,
    Limits,
    ListedChecksum,
    Network,
    ProxySettings,
    RateLimits,
    ReplyProgress,
    WaitReason,
)

__all__ = [
    "File",
    "Job",
    "Manager",
    "RawReader",
    "Reader",
    "Source",
    "code_name",
    "code_text",
    "parse_checksum_list",
    "report_unraisable",
    "run_program",
    "transfer",
]

_Callback = TypeVar("_Callback", bound=Callable[[Job], object])
_ErrorCallback = TypeVar("_ErrorCallback", bound=Callable[[Job, JobError], object])
_FileCallback = TypeVar("_FileCallback", bound=Callable[[Job, File], object])
_RangesCallback = TypeVar(
    "_RangesCallback", bound=Callable[[Job, File, tuple[FileRange, ...]], object]
)

@final
class Manager:
    """An open queue (IBackgroundCopyManager), and the engine that drives it.

    Any thread may use it and its jobs. It is closed by :meth:`close`, by the
    end of a `with`, or with the last reference to it and its jobs; the jobs
    stay in the store and go on with the next manager. Iterating over it gives
    its jobs. A process that is forked while it is open cannot use it, nor open
    one of its own: every call raises :class:`InvalidStateError` there. Start
    workers before, or by the method spawn.
    """

    def __new__(
        cls,
        store: str | PathLike[str],
        *,
        limits: Limits | None = None,
        rate_limits: RateLimits | None = None,
        transfer_window: str | None = None,
        user_agent: str | None = None,
        ca_file: str | PathLike[str] | None = None,
        ca_pem: str | None = None,
        exclusive: bool = False,
        replace_older: bool = False,
        stores_only: bool = False,
    ) -> Manager:
        """Opens the store in a folder, which is made if it is missing, for the
        caller alone.

        Any number of managers may have one store open, in any number of
        processes: the first one hosts the queue, the others join it, and when
        the host ends one of them takes over. With `exclusive` it is alone;
        `replace_older` takes the place of a host that is too old to be joined.
        With `stores_only` nothing is transferred while this manager hosts: it only
        stores what is to be done; a cancel still reaches the servers of its uploads.

        `rate_limits` and `transfer_window` are set as :attr:`rate_limits` and
        :attr:`transfer_window` set them; None leaves what is stored.

        `ca_file` is a file in PEM form with the certificates of the authorities
        that all requests trust in place of the system's, while this manager
        hosts; `ca_pem` is the same as text. It is checked here: codes of the disk,
        CRYPT_E_FILE_ERROR if it has no certificate or a malformed one,
        :class:`InvalidArgumentError` for both at once or more than 16 MiB.

        :class:`StoreInUseError` at once if somebody has the store open alone,
        or if `exclusive` is wanted and anybody has it open; a :class:`Reader`
        can still look. BGCOPY_E_LINK_VERSION, BGCOPY_E_TOO_MANY_PROCESSES or
        BGCOPY_E_HOST_LOST if the host cannot be joined. A damaged
        store is replaced by what could be saved of it: see :attr:`damage`.
        :class:`StorageError` or :class:`AccessDeniedError` if the folder
        cannot be used; BGCOPY_E_STORE_NEWER for a store of a later version.
        """

    @property
    def store(self) -> Path:
        """The folder of the store, as it was given."""

    @property
    def is_host(self) -> bool:
        """True if this manager hosts the queue; False if it has joined another.
        It changes when it takes over.
        """

    @property
    def host_process(self) -> int | None:
        """The number of the process that hosts the queue; None while there is
        none.
        """

    @property
    def is_idle(self) -> bool:
        """True if no job of the queue can move by itself and no process has
        joined the host.
        """

    @property
    def damage(self) -> Damage | None:
        """What was found damaged when the store was opened."""

    def create_job(self, display_name: str, job_type: JobType = ...) -> Job:
        """Makes an empty, suspended job (CreateJob). It survives a power cut
        once this returns.

        `display_name` has at most 256 characters and need not be unique;
        without a `job_type` the job downloads. :class:`InvalidArgumentError`
        for a longer name, :class:`NotSupportedError` for a type that is not
        there, BG_E_TOO_MANY_JOBS_PER_USER at the limit of jobs. Section 2.1.
        """

    def create_job_with_key(
        self, key: str, display_name: str, job_type: JobType = ...
    ) -> tuple[Job, bool]:
        """Makes a job as :meth:`create_job` does, with a key by which it is
        found again; or gives the job that has the key, as it is. The second
        is True if the job was made.

        A key belongs to one job of the queue at a time: of calls made at the
        same time, by whatever processes, one makes the job and the others find
        it. It is stored with the job, cannot be changed, and is free again
        once the job is completed or cancelled. It has 1 to 256 characters,
        none of them a control character: else
        :class:`InvalidArgumentError`, or BG_E_STRING_TOO_LONG.
        :class:`InvalidArgumentError` also if the job with the key is of
        another type; else as for :meth:`create_job`.
        """

    def job_by_key(self, key: str) -> Job:
        """The job that has a key: see :meth:`create_job_with_key`.
        :class:`JobNotFoundError` if no job in the queue does, which a cancelled
        or completed one does not.
        """

    def _start_job(
        self,
        display_name: str,
        job_type: JobType,
        files: Sequence[FileSpec],
        *,
        description: str | None = None,
        upload_protocol: UploadProtocol | None = None,
        reply_file_name: str | PathLike[str] | None = None,
        priority: JobPriority | None = None,
        no_progress_timeout: float | timedelta | None = None,
        custom_headers: str | None = None,
        credentials: tuple[str, str] | None = None,
    ) -> Job: ...
    def create_uploads(self, files: Sequence[FileSpec]) -> list[Job]:
        """Makes one suspended UPLOAD job for each file, named after it, all or
        none, in the order of the files. A file's `remote_name` is where it
        goes, its `local_name` the absolute path where it is. Below a URL that
        ends in a slash it goes under its own name, unless the server names
        files itself, as by tus and POST.

        Errors as for :meth:`create_job` and :meth:`Job.add_file`;
        :class:`NotSupportedError` for a file with ranges. Section 2.2.
        """

    def start_uploads(self, files: Sequence[FileSpec], like: Job | None = None) -> list[Job]:
        """As :meth:`create_uploads`, and the jobs are resumed as they are made.
        With `like` they get what was set for that job: everything but its name
        and its reply's file name; its credentials, too. If one cannot be made
        those before it are cancelled; what they have sent by then stays where
        it is.

        :class:`InvalidStateError` if `like` is completed or cancelled,
        :class:`InvalidArgumentError` if it is of another type than UPLOAD.
        Section 2.2.
        """

    def complete_all(self, jobs: Sequence[Job]) -> list[HResult | int]:
        """Calls :meth:`Job.complete` for each of many jobs, in few steps on the
        disk. The codes, success or not, are in the order of the jobs: no
        exception is raised for them. Section 9.5.
        """

    def cancel_all(self, jobs: Sequence[Job]) -> list[HResult | int]:
        """As :meth:`complete_all` for :meth:`Job.cancel`. Section 9.6."""

    def get_job(self, id: uuid.UUID) -> Job:
        """The job of that id (GetJob): :class:`JobNotFoundError` if it is not
        in the queue, which a cancelled or completed one is not. Section 2.1.
        """

    def jobs(self) -> list[Job]:
        """The jobs in the queue, in order of creation (EnumJobs): a snapshot of
        which there are; each shows what is true when it is asked.
        """

    def error_description(self, code: int) -> str:
        """A readable text for any code (GetErrorDescription)."""

    def next_event(self, timeout: float | timedelta | None = None) -> Event | None:
        """The next event, waiting for one until `timeout`, in seconds, is over:
        then None. Without a timeout it waits for ever; Ctrl-C ends it.

        Events come at least once: a job found transferred or failed when the
        manager opens raises its event again. Events of one job are coalesced.
        Each manager gets all events, and of its callers one gets each.
        :class:`ManagerClosedError` after
        :meth:`close`. Specification, section 11.
        """

    def events(self, timeout: float | timedelta | None = None) -> Events:
        """The events, for `for` and for `async for`.

        It ends when the manager is closed, or when no event has come for
        `timeout` seconds. :class:`InvalidStateError` if its jobs have
        callbacks: then the events go to those.
        """

    @property
    def limits(self) -> Limits:
        """How much may happen at once. Setting it holds at once and until the
        manager is closed; :class:`InvalidArgumentError` if one of them is 0.
        """

    @limits.setter
    def limits(self, limits: Limits) -> None: ...
    @property
    def rate_limits(self) -> RateLimits:
        """The most bytes a second that all jobs of the queue together receive and
        send; 0 for no limit.

        Setting them holds at once, also for what is under way and in whatever process
        the queue is hosted, and they are stored. A job may have limits of its own:
        the properties MAX_DOWNLOAD_RATE and MAX_UPLOAD_RATE. What counts are the bytes
        of bodies. :class:`InvalidArgumentError` above 2 ** 63 - 1.
        """

    @rate_limits.setter
    def rate_limits(self, rates: RateLimits) -> None: ...
    @property
    def power(self) -> PowerState:
        """What drives the machine as it was said last, by any process; external power if
        nobody did.

        Setting it says so: `EXTERNAL` or `BATTERY`, with `SAVER` if the system saves power.
        Jobs whose property POWER_FLAGS does not have all of it stop at once, keep their bytes
        and are QUEUED; their `wait_reason` is `POLICY_CLOSED`. When they may, they go on. It
        is not stored, and holds until this manager says something else or is closed.
        :class:`InvalidArgumentError` for another number.
        """

    @power.setter
    def power(self, state: PowerState) -> None: ...
    @property
    def transfer_window(self) -> str:
        """When the jobs of the queue may transfer, by the local clock of the process
        that hosts it; empty for always.

        A window is a list of entries, separated by semicolons: days, times, or both, as
        `22:00-06:00` or `Mon-Fri 22:00-06:00; Sat,Sun`. One that ends before it begins
        ends on the next day. When it closes, jobs keep their bytes and are QUEUED; their
        `wait_reason` is `OUTSIDE_WINDOW`, with when it opens as the next try.

        Setting it holds at once, in whatever process the queue is hosted, and it is
        stored. A job may have a window of its own: the property TRANSFER_WINDOW.
        :class:`InvalidArgumentError` for what is no window, with the character at which
        it is none, and above 1,024 characters.
        """

    @transfer_window.setter
    def transfer_window(self, window: str) -> None: ...
    @property
    def network(self) -> Network:
        """The network as it was told last, by any process; connected and
        unrestricted if nobody did.

        Setting it says what the operating system tells. Jobs to which the
        network is closed stop at once, keep their bytes and are QUEUED; their
        `wait_reason` is `NO_NETWORK`, or `POLICY_CLOSED` where it costs more
        than the job's `COST_FLAGS` allow. When it opens they go on. It is not
        stored, and holds until this manager says something else or is closed.
        :class:`InvalidArgumentError` for a cost that is none. Section 3.4, 6.7.
        """

    @network.setter
    def network(self, network: Network) -> None: ...
    def pause(self) -> None:
        """Stops all transfers of the queue without touching the jobs: they keep
        their bytes and are QUEUED, and their `wait_reason` is `PAUSED`.

        It is not stored: it holds until :meth:`unpause`, or until this manager
        is closed or its process ends. Twice is once.
        """

    def unpause(self) -> None:
        """Takes back :meth:`pause` of this manager; without one it does nothing.
        The queue goes on unless another process has paused it, too; jobs in
        TRANSIENT_ERROR go on waiting for their next try.
        """

    @property
    def is_paused(self) -> bool:
        """True if this or another process has paused the queue."""

    def close(self) -> None:
        """Stops driving the queue, after what is under way was recorded. Its
        jobs raise :class:`ManagerClosedError` from then on. A second call does
        nothing.
        """

    def _notifier(self) -> Notifier: ...
    def _source(self) -> Source: ...
    def _has_notifier(self) -> bool: ...
    def __enter__(self) -> Manager: ...
    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        exception: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None: ...
    def __iter__(self) -> Iterator[Job]: ...

@final
class Job:
    """One job (IBackgroundCopyJob). Iterating over it gives its files.

    Dropping it changes nothing about the job, but it keeps the manager alive.
    The object of a completed or cancelled job still answers its properties;
    what would change the job raises :class:`InvalidStateError`, and so does
    setting a property. :class:`ManagerClosedError` once the manager is closed.
    """

    @property
    def manager(self) -> Manager:
        """The queue it is in."""

    @property
    def id(self) -> uuid.UUID:
        """The id (GetId): never used twice."""

    def add_file(self, remote_name: str, local_name: str | PathLike[str]) -> None:
        """Adds a whole file (AddFile). `local_name` is an absolute path in an
        existing folder; nothing is there until :meth:`complete`. For an upload
        it is the file to be sent, and a second one is refused. Legal in every
        state that is not final; on a transferred job call :meth:`resume`
        after it.

        :class:`InvalidArgumentError` for a malformed name, an unsupported
        scheme, credentials in the URL, a relative path or a path that the job
        has already; :class:`PathNotFoundError`, :class:`AccessDeniedError` or
        :class:`StorageError` for a folder or target that cannot be used;
        BG_E_TOO_MANY_FILES_IN_JOB. After an error the job is as before.
        Section 2.2.
        """

    def add_file_set(self, files: Sequence[FileSpec]) -> None:
        """Adds several files, all or none (AddFileSet), with the ranges and
        the hashes that they may have. Errors as for :meth:`add_file`,
        :meth:`add_file_with_ranges` and :meth:`File.set_expected_hash`.
        """

    def add_file_with_ranges(
        self, remote_name: str, local_name: str | PathLike[str], ranges: Sequence[FileRange]
    ) -> None:
        """Adds pieces of a file, stored back to back in the order given
        (AddFileWithRanges). No ranges = the whole file.

        :class:`InvalidArgumentError` for empty or overlapping ranges, ranges
        beyond the largest offset, or more than 500; else as for
        :meth:`add_file`. Section 2.7 and 3.2.
        """

    def files(self) -> list[File]:
        """The files, in order of addition (EnumFiles): a snapshot of which
        there are.
        """

    def file(self, index: int) -> File:
        """The file at a place, from 0: :class:`NotFoundError` if there is none."""

    def resume(self) -> None:
        """Starts the job, or starts it again after an error, at once (Resume).

        :class:`InvalidStateError` if it has no files or is final. Section 9.2.
        """

    def suspend(self) -> None:
        """Stops the job's transfers; their progress stays (Suspend). A job that
        failed or is transferred keeps its state. :class:`InvalidStateError` if
        it is final. Section 9.2.
        """

    def cancel(self) -> HResult:
        """Deletes the job from the queue, and all its temporary files, also
        those of files already transferred (Cancel). It cannot be undone, and
        does not wait for the network. The server of an unfinished upload is
        told to forget it: at once, or for up to a day until it was reached;
        what is uploaded stays.

        S_OK, or BG_S_UNABLE_TO_DELETE_FILES if temporary files remain: they
        are tried again later; or if the server may keep a part of the file that
        a PUT was sending. :class:`InvalidStateError` if it is final. Section 9.6.
        """

    def complete(self) -> HResult:
        """Puts every finished file in place and takes the job out of the queue
        (Complete). Unfinished files are discarded. An upload is acknowledged,
        in TRANSFERRED only.

        S_OK, or BG_S_PARTIAL_COMPLETE if not all files were finished, or
        BG_S_UNABLE_TO_DELETE_FILES if temporary files of the others remain. If
        a file cannot be put in place, the error says why and the job stays:
        the call can be repeated. :class:`InvalidStateError` if it is final.
        Section 9.5.
        """

    def wait(
        self, states: Sequence[JobState] | None = None, timeout: float | timedelta | None = None
    ) -> JobState:
        """Waits until the job is in one of the states, and says in which.

        Without `states`, or with none, it waits until the job ends: TRANSFERRED,
        ERROR, ACKNOWLEDGED or CANCELLED. :class:`WaitTimeoutError` when
        `timeout`, in seconds, is over; without one it waits for ever.
        :class:`InvalidStateError` once the job is completed or cancelled and
        will be in none of the states. Ctrl-C ends it; other threads go on
        meanwhile.
        """

    async def wait_async(
        self, states: Iterable[JobState] | None = None, timeout: float | timedelta | None = None
    ) -> JobState:
        """:meth:`wait` for tasks of asyncio or trio: it does not block the loop,
        and can be cancelled.
        """

    def on_transferred(self, function: _Callback) -> _Callback:
        """Has `function(job)` called when all files of the job are here, and
        returns it, so that this is a decorator, too.

        Callbacks are called one at a time, on a thread of the manager, with no
        lock held: any call is allowed in them. An exception in one is given to
        `sys.unraisablehook`. They last as long as the manager.
        """

    def on_error(self, function: _ErrorCallback) -> _ErrorCallback:
        """Has `function(job, error)` called when the job fails, as
        :meth:`on_transferred` does.
        """

    def on_modification(self, function: _Callback) -> _Callback:
        """Has `function(job)` called when anything about the job changes, as
        :meth:`on_transferred` does; not more often than the property
        MINIMUM_NOTIFICATION_INTERVAL_MS says.
        """

    def on_file_transferred(self, function: _FileCallback) -> _FileCallback:
        """Has `function(job, file)` called when a file is here, before the end
        of the job, as :meth:`on_transferred` does.
        """

    def on_file_ranges_transferred(self, function: _RangesCallback) -> _RangesCallback:
        """Has `function(job, file, ranges)` called when bytes of a file came in,
        as :meth:`on_transferred` does. The ranges are a tuple of
        :class:`FileRange`: what arrived since the last call, counted over the
        requested pieces.
        """

    def on_file_restarted(self, function: _FileCallback) -> _FileCallback:
        """Has `function(job, file)` called when a file began anew, because it
        changed on the server or its bytes were lost, as :meth:`on_transferred`
        does.
        """

    @property
    def job_type(self) -> JobType:
        """The kind of transfer (GetType)."""

    @property
    def owner(self) -> str:
        """Who made the job (GetOwner)."""

    @property
    def state(self) -> JobState:
        """The state (GetState)."""

    @property
    def progress(self) -> JobProgress:
        """How far it has come (GetProgress)."""

    @property
    def times(self) -> JobTimes:
        """When things happened to it (GetTimes)."""

    def error(self) -> JobError:
        """What stopped the job (GetError): :class:`NotFoundError` unless it is
        in ERROR or TRANSIENT_ERROR.
        """

    @property
    def error_count(self) -> int:
        """How often it failed, retries included (GetErrorCount)."""

    @property
    def wait_reason(self) -> WaitReason:
        """Why it does not move, since when, when it is tried next and what
        would get it moving; for a moving job, what it is doing.
        """

    @property
    def speed(self) -> int:
        """Bytes per second, averaged over the last seconds; 0 at a standstill."""

    @property
    def time_left(self) -> timedelta | None:
        """Until it is transferred at the present speed; None if that cannot be
        said.
        """

    def snapshot(self) -> JobSnapshot:
        """Everything about the job at one moment."""

    @property
    def display_name(self) -> str:
        """The name shown to people: at most 256 characters, else
        BG_E_STRING_TOO_LONG.
        """

    @display_name.setter
    def display_name(self, display_name: str) -> None: ...
    @property
    def key(self) -> str | None:
        """The key that :meth:`Manager.create_job_with_key` gave it; None if it
        was made without one.
        """

    @property
    def description(self) -> str:
        """The description: at most 1,024 characters, else BG_E_STRING_TOO_LONG."""

    @description.setter
    def description(self, description: str) -> None: ...
    @property
    def priority(self) -> JobPriority:
        """Who goes first. A higher level takes the slots of lower ones."""

    @priority.setter
    def priority(self, priority: JobPriority) -> None: ...
    @property
    def notify_flags(self) -> NotifyFlags:
        """Which events the job raises."""

    @notify_flags.setter
    def notify_flags(self, flags: NotifyFlags) -> None: ...
    @property
    def minimum_retry_delay(self) -> timedelta:
        """The first wait after a transient error; each next one is longer. Set
        in seconds or as a timedelta, rounded up to whole seconds; below 5 s
        counts as 5 s. Above the no-progress timeout the job is never retried.
        """

    @minimum_retry_delay.setter
    def minimum_retry_delay(self, delay: float | timedelta) -> None: ...
    @property
    def no_progress_timeout(self) -> timedelta:
        """How long it may be without progress before a transient error becomes
        an error. Set like :attr:`minimum_retry_delay`; 0 makes every error
        fatal.
        """

    @no_progress_timeout.setter
    def no_progress_timeout(self, timeout: float | timedelta) -> None: ...
    @property
    def maximum_download_time(self) -> timedelta:
        """How long it may connect and transfer since the last Resume; beyond it
        the job goes to ERROR with BG_E_MAXDOWNLOAD_TIMEOUT. Set like
        :attr:`minimum_retry_delay`.
        """

    @maximum_download_time.setter
    def maximum_download_time(self, time: float | timedelta) -> None: ...
    @property
    def proxy_settings(self) -> ProxySettings:
        """How the proxy is found. :class:`InvalidArgumentError` if OVERRIDE has
        no list, if another usage has one, if a list holds credentials, or if
        one has more than 32,000 characters.
        """

    @proxy_settings.setter
    def proxy_settings(self, proxy: ProxySettings) -> None: ...
    def set_credentials(
        self, target: AuthTarget, scheme: AuthScheme, user_name: str, password: str
    ) -> None:
        """Sets a name and a password for the server or the proxy
        (SetCredentials), one pair for each target and scheme. They are kept in
        memory only, by this process and by the one that hosts the queue: once
        both have ended the job waits with CREDENTIALS_NEEDED until they are set
        again. For an upload to S3 they are the access key and the secret key,
        which sign and are never sent.

        With NTLM and NEGOTIATE both must be empty: these are the user's own,
        which are stored with the job and used where libcurl can. With BEARER the
        name is empty and the password is a token, for a server only.
        :class:`InvalidArgumentError` for a name above 300 characters, a password
        above 65,536, one with a line end or NUL, or one that is not as the scheme
        wants it; :class:`NotSupportedError` for a scheme that is not used so;
        :class:`InvalidStateError` if the job is final. Section 3.1.
        """

    def remove_credentials(self, target: AuthTarget, scheme: AuthScheme) -> HResult:
        """Forgets them (RemoveCredentials): S_FALSE if that pair was not set."""

    @property
    def client_certificate(self) -> ClientCertificate | None:
        """The client certificate: absolute paths of PEM files. None removes it.
        :class:`InvalidArgumentError` for a relative path.
        """

    @client_certificate.setter
    def client_certificate(self, certificate: ClientCertificate | None) -> None: ...
    @property
    def custom_headers(self) -> str | None:
        """Headers that every request carries: `Name: value` lines, each ended
        by CR LF; None clears them. They are stored as they are, so secrets
        belong in :meth:`set_credentials`. :class:`InvalidArgumentError` above
        16,383 characters or for a malformed line. :class:`AccessDeniedError`
        when they are read once they are write-only.
        """

    @custom_headers.setter
    def custom_headers(self, headers: str | None) -> None: ...
    def make_custom_headers_write_only(self) -> None:
        """Hides the custom headers, those that are set and those that will be,
        from every caller (MakeCustomHeadersWriteOnly): they are sent, and can
        be set, but no longer read. This cannot be undone. They are still stored
        as they are, in the folder of the queue, which only its user can read.
        :class:`InvalidStateError` if the job is final. Section 3.6.
        """

    @property
    def http_method(self) -> str:
        """The HTTP method of a download; GET unless set, before the first
        Resume. Its requests have no body. With any other method than GET each
        file is requested once, from its first byte: every failure puts the file
        in ERROR, and Resume begins it anew; the priority becomes FOREGROUND and
        stays so. After a 303, and after a 301 or 302 to a POST, the redirect is
        followed by GET. A file that is requested when its process is killed is
        requested again.

        :class:`InvalidArgumentError` for what is no method or has more than 40
        characters, if the job has DYNAMIC_CONTENT or ON_DEMAND_MODE, or a file
        with ranges, which are refused afterwards as well;
        :class:`NotSupportedError` for CONNECT, HEAD and TRACE, whose answer is
        no file, and for an upload; :class:`InvalidStateError` after the first
        Resume. Section 3.6.
        """

    @http_method.setter
    def http_method(self, method: str) -> None: ...
    @property
    def security_flags(self) -> SecurityFlags:
        """Certificate checks and the redirect policy.
        :class:`NotSupportedError` for unknown bits and for checks that the
        built-in TLS does not have.
        """

    @security_flags.setter
    def security_flags(self, flags: SecurityFlags) -> None: ...
    @property
    def upload_protocol(self) -> UploadProtocol:
        """How an upload is sent (property UPLOAD_PROTOCOL); AUTO asks the
        server once. :class:`InvalidStateError` after the first Resume,
        :class:`NotSupportedError` for a download and for a protocol that is
        not built in.
        """

    @upload_protocol.setter
    def upload_protocol(self, protocol: UploadProtocol) -> None: ...
    @property
    def reply_progress(self) -> ReplyProgress:
        """How far the reply has come (GetReplyProgress);
        :class:`NotSupportedError` unless the job is an UPLOAD_REPLY.
        """

    def reply_data(self) -> bytes | None:
        """The reply itself, up to 1 MiB (GetReplyData); None if the server sent
        none. BG_E_TOO_LARGE for a longer one: it is in its file after
        :meth:`complete`. :class:`InvalidStateError` unless the job is
        TRANSFERRED or completed, :class:`NotSupportedError` unless it is an
        UPLOAD_REPLY. Section 3.1.
        """

    @property
    def reply_file_name(self) -> Path | None:
        """Where :meth:`complete` puts the reply (GetReplyFileName): an absolute
        path in an existing folder. Set to None it is beside the file that is
        sent; it is None as long as there is neither.

        :class:`InvalidStateError` once the reply is being fetched;
        :class:`InvalidArgumentError`, :class:`PathNotFoundError`,
        :class:`AccessDeniedError` or :class:`StorageError` for a name that
        cannot be used; :class:`NotSupportedError` unless the job is an
        UPLOAD_REPLY.
        """

    @reply_file_name.setter
    def reply_file_name(self, name: str | PathLike[str] | None) -> None: ...
    def replace_remote_prefix(self, old: str, new: str) -> HResult:
        """Replaces the beginning of all remote names that have it
        (ReplaceRemotePrefix): S_FALSE if none has.
        :class:`InvalidArgumentError` if a prefix is empty or a result is not
        valid, and then none is changed.
        """

    def property(self, id: JobPropertyId) -> int | bool | uuid.UUID | str:
        """A job property: :class:`NotFoundError` for an unknown id. Section
        3.4.
        """

    def set_property(self, id: JobPropertyId, value: int | bool | uuid.UUID | str) -> None:
        """Sets a job property: :class:`NotFoundError` for an unknown id,
        :class:`InvalidArgumentError` for a value of another type,
        :class:`InvalidStateError` for one that is fixed by the first Resume,
        :class:`NotSupportedError` for HIGH_PERFORMANCE, and for ON_DEMAND_MODE of a job whose
        files have no ranges to be requested.
        """

    def __iter__(self) -> Iterator[File]: ...

@final
class File:
    """One file of a job (IBackgroundCopyFile). It keeps its job's handle open,
    and so the manager.
    """

    @property
    def job(self) -> Job:
        """The job it belongs to."""

    @property
    def index(self) -> int:
        """Its place in the job, from 0."""

    @property
    def remote_name(self) -> str:
        """The URL it comes from (GetRemoteName)."""

    @property
    def local_name(self) -> Path:
        """Where :meth:`Job.complete` puts it (GetLocalName)."""

    @property
    def temporary_name(self) -> Path:
        """Its temporary file (GetTemporaryName), in the folder of the local
        name. It exists from the first request until Complete or Cancel.
        """

    @property
    def progress(self) -> FileProgress:
        """How far it has come (GetProgress)."""

    @property
    def error(self) -> JobError | None:
        """What stopped it since it last made progress; None if nothing did. A file
        that failed for good is tried again when the job is resumed or the file gets
        another remote name, the others by themselves. Its job goes on as long as
        any other file can.
        """

    @property
    def ranges(self) -> tuple[FileRange, ...]:
        """The pieces asked for, in the order they are stored; empty = the whole
        file (GetFileRanges).
        """

    @property
    def filled_ranges(self) -> tuple[FileRange, ...]:
        """The bytes of the remote file that are in the temporary file, by their
        offsets in the remote file: in order, and joined where they meet
        (GetFilledFileRanges). For an upload, those that the server holds.
        """

    @property
    def validation_state(self) -> bool | None:
        """What was said of its content (GetValidationState); None if nothing
        was.
        """

    @property
    def response_headers(self) -> str | None:
        """The head of the last response, lines ended by CR LF; None before the
        first response.
        """

    @property
    def expected_hash(self) -> ExpectedHash | None:
        """The hash it must have."""

    @property
    def sources(self) -> tuple[FileSource, ...]:
        """The places that it can be had from, the remote name first and then its
        mirrors in the order in which they were added, and what became of each.
        """

    def add_mirror(self, url: str) -> HResult:
        """Appends another URL of the same content, which is asked when the sources
        before it fail: S_FALSE if the file has it already. Stored at once. What is
        held is kept if the mirror has the same size and strong ETag, or a hash is
        expected, which then decides; else the mirror serves only once no other source
        is left, and the file begins anew. Passwords, tokens, `Authorization`, `Cookie`
        and the client certificate go to no mirror of another origin than the remote
        name's.

        :class:`InvalidArgumentError` for a bad URL, another scheme than http and
        https, and http where the remote name is https, unless the job has
        REDIRECT_ALLOW_HTTPS_TO_HTTP; :class:`Error` with BGCOPY_E_TOO_MANY_MIRRORS
        above 16; :class:`NotSupportedError` for an upload; :class:`InvalidStateError`
        if the job is final.
        """

    def set_remote_name(self, remote_name: str) -> None:
        """Sets another URL for the same content (SetRemoteName). Held bytes
        stay if the new server proves that it has the same content; otherwise
        the file restarts. A transferred file is not fetched again.

        :class:`InvalidArgumentError` for a bad URL, :class:`InvalidStateError`
        if the job is final. Section 2.3.
        """

    def set_validation_state(self, valid: bool) -> None:
        """Accepts or refuses the content of a transferred file
        (SetValidationState); :class:`InvalidStateError` before it is
        transferred. Refused, the file starts over and the job goes to ERROR
        with BG_E_VALIDATION_FAILED; Resume fetches it again. Section 3.5.
        """

    def set_expected_hash(self, hash: ExpectedHash | None) -> None:
        """Sets the hash that the content must have before the job may become
        TRANSFERRED; None takes it back. Other content is thrown away and the
        job goes to ERROR with BGCOPY_E_HASH_MISMATCH.

        :class:`InvalidArgumentError` for a digest of the wrong length,
        :class:`InvalidStateError` once the file is transferred.
        """

    def open_reader(self, timeout: float | timedelta | None = None) -> FileReader:
        """Opens a reader at the first byte, which waits for what is not here yet. Each of its
        reads waits no longer than the timeout: then :class:`WaitTimeoutError`.

        :class:`NotSupportedError` for an upload, :class:`InvalidStateError` for a cancelled job.
        """

    def request_ranges(self, ranges: Sequence[FileRange]) -> None:
        """Has ranges of the remote file downloaded before the rest of it or, if the job has
        ON_DEMAND_MODE, instead of it (RequestFileRanges). They may overlap each other and what
        is here. Stored at once; a suspended job needs :meth:`Job.resume` to download them. On
        demand, a job that has all that was requested is SUSPENDED, and TRANSFERRED once its
        files are whole.

        :class:`InvalidArgumentError` without a range, for one that is empty or outside of the
        file, and for more than 500 at a time; :class:`NotSupportedError` for an upload, a file
        with ranges of its own, a file that comes from no HTTP server, and a job with
        DYNAMIC_CONTENT; :class:`InvalidStateError` if the job is completed or cancelled.
        Section 3.5.
        """

    def update_download_position(self, offset: int) -> None:
        """Has what is missing of the file from this offset on downloaded first, and what is
        missing in front of it afterwards (UpdateDownloadPosition). It is not stored: a process
        that takes over the queue goes on with the first missing byte. It changes nothing for a
        file that has one request at a time: see :class:`FileReader`.

        :class:`NotSupportedError` for an upload and for a file with requested pieces,
        :class:`InvalidArgumentError` for an offset behind the end, :class:`InvalidStateError` if
        the job is completed or cancelled. Section 3.5.
        """

@final
class RawReader:
    """What :class:`FileReader` is built on: one call at a time."""

    def read(self, length: int, timeout: float | timedelta | None) -> bytes: ...
    def seek(self, offset: int, whence: int) -> int: ...
    @property
    def position(self) -> int: ...
    @property
    def size(self) -> int | None: ...
    @property
    def verified(self) -> bool: ...

@final
class Reader:
    """A look at a store while another process drives it. It changes nothing and
    needs no lock. Progress is up to half a second old.
    """

    def __new__(cls, store: str | PathLike[str]) -> Reader:
        """Opens the store in a folder: :class:`PathNotFoundError` if there is
        none.
        """

    @property
    def engine_is_running(self) -> bool:
        """True while a manager has the store open."""

    def jobs(self) -> list[JobRecord]:
        """The jobs in the queue, in order of creation."""

    def survey(self) -> tuple[list[JobRecord], list[str]]:
        """The jobs that can be read, in order of creation, and a sentence for each
        that is damaged. The next manager to open the store saves what can be saved,
        and reports by :attr:`Manager.damage`.
        """

    def job(self, id: uuid.UUID) -> JobRecord:
        """One job: :class:`JobNotFoundError`."""

    def files(self, id: uuid.UUID) -> list[FileRecord]:
        """The files of a job: :class:`JobNotFoundError`."""

    def wait_reason(self, id: uuid.UUID) -> WaitReason:
        """Why a job does not move, by what is recorded of it."""

@final
class Source:
    """Where the notifier's thread gets the events of a manager."""

    def next_event(self, timeout: float | timedelta) -> Event | None:
        """As :meth:`Manager.next_event`."""

def run_program(program: Sequence[str], arguments: Sequence[str]) -> int:
    """Does what a command line of the program `bgcopy` says, and returns the exit
    code for the process, which is to end then: 0 if it is done, 1 if it failed, 2 for
    wrong usage, 130 if it was interrupted. `program` are the words that start the
    program, the first of which names a file that can be executed; `arguments` are the
    words after them.

    It writes to the descriptors of standard output and error, not to `sys.stdout`.
    Commands that transfer handle SIGHUP, SIGINT and SIGTERM in place of Python.
    """

def code_name(code: int) -> str | None:
    """The published name of a code."""

def code_text(code: int) -> str:
    """A readable sentence for a code."""

def report_unraisable(exception: BaseException, object: Any) -> None:
    """Reports an exception that there is nobody to raise to."""

def parse_checksum_list(text: str | bytes) -> list[ListedChecksum]:
    """Reads a list of checksums: lines of `sha256sum` and `sha512sum`, of BSD
    (`SHA256 (NAME) = DIGEST`), or a digest alone. Blank lines, comments and lines
    of functions that are not supported, as MD5 and SHA-1, are skipped. Of a text
    that is signed by OpenPGP the message is read; the signature is not checked.

    :class:`BgcopyError` with BGCOPY_E_CHECKSUM_LIST, and the number of the line,
    for what is no such list.
    """

def transfer(
    manager: Manager,
    files: Sequence[FileSpec],
    *,
    uploads: bool,
    priority: JobPriority,
    no_progress_timeout: float | timedelta,
    custom_headers: str | None,
    credentials: tuple[str, str] | None,
    timeout: float | timedelta | None,
    cancel_unfinished: bool,
    upload_protocol: UploadProtocol | None,
    reply_file_name: str | PathLike[str] | None,
    checksums: str | PathLike[str] | None,
    minisign_key: str | None,
    signature: str | PathLike[str] | None,
    report: Callable[[JobProgress], object] | None,
) -> list[tuple[str, bool, JobError | None]]:
    """Transfers files by jobs that the same call finds again. Of each file: its
    URL, whether it is in its place, and why not.
    """
