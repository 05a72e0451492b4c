"""Files of repositories on the Hugging Face Hub: `pip install 'bgcopy[huggingface]'`.

::

    folder = bgcopy.huggingface.snapshot_download("owner/name", "folder", progress=True)
    path = bgcopy.huggingface.hf_hub_download("owner/name", "config.json", "folder")

The functions are called as in the package huggingface_hub, which asks the hub what there is; the
files come by bgcopy.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from ._extras import as_os_error, missing

try:
    from huggingface_hub import HfApi, hf_hub_url
    from huggingface_hub.hf_api import RepoFile
    from huggingface_hub.utils import (  # type: ignore[attr-defined]
        build_hf_headers,
        filter_repo_objects,
    )
except ModuleNotFoundError as _absent:
    raise missing("bgcopy.huggingface", "huggingface_hub", "huggingface") from _absent

from ._bgcopy import File, Job, Manager
from ._progress import Progress, Report, reporting
from ._resume import FOLDER, QUEUE, locked
from ._targets import absolute, make_folders
from ._transfer import CALLS, NO_PROGRESS_TIMEOUT_S, TICK_S, Deadline, StrPath, failure
from ._vocab import (
    AuthScheme,
    AuthTarget,
    ErrorContext,
    HashAlgorithm,
    HResult,
    JobPriority,
    JobState,
    JobType,
)
from .errors import BgcopyError, InvalidArgumentError, TransferError, WaitTimeoutError
from .records import ExpectedHash, FileSpec, JobProgress

__all__ = ["hf_hub_download", "snapshot_download"]

TOGETHER_MAX = 256
"""Files that are under way at the same time, as jobs of the queue."""

READ_BYTES = 1024 * 1024
"""What is hashed at a time."""


def snapshot_download(
    repo_id: str,
    local_dir: StrPath,
    *,
    repo_type: str | None = None,
    revision: str | None = None,
    token: str | bool | None = None,
    endpoint: str | None = None,
    allow_patterns: Sequence[str] | str | None = None,
    ignore_patterns: Sequence[str] | str | None = None,
    progress: Progress = False,
    timeout: float | timedelta | None = None,
    no_progress_timeout: float | timedelta = NO_PROGRESS_TIMEOUT_S,
) -> Path:
    """Downloads the files of a repository to a folder, under the names that they have there, and
    returns the folder.

    All of them are of the commit that `revision`, a branch, a tag or a commit, names when this is
    called. Each is put in place when it is here and has the hash that the hub says: SHA-256 for
    those in LFS, else the one of git. Files that are there and have it are not fetched. If a file
    cannot be had, the others still are, and then the first failure is raised.

    If this fails, is interrupted or the process dies, the same call goes on; what was fetched is
    kept in `.bgcopy` in the folder until then. A second call for the folder waits for the first.

    `token`, `endpoint` and the patterns are as for the function of huggingface_hub. The token is
    sent to the endpoint only, to no host that it redirects to, and is not stored.
    `progress`, `timeout` and `no_progress_timeout` are as for :func:`bgcopy.download`.

    What the hub says of the repository is raised as huggingface_hub does it. What it refuses of a
    file is FileNotFoundError or PermissionError; TimeoutError says that the time is over, OSError
    what else went wrong, such as a wrong hash. The :class:`BgcopyError` is its cause.
    """
    patterns = (_list(allow_patterns), _list(ignore_patterns))

    def choose(found: Iterable[RepoFile]) -> list[RepoFile]:
        allowed, ignored = patterns
        wanted = filter_repo_objects(
            found, allow_patterns=allowed, ignore_patterns=ignored, key=lambda one: one.path
        )
        return list(wanted)

    hub = _Hub(repo_id, repo_type, revision, token, endpoint)
    folder = absolute(local_dir)
    _download(hub, folder, choose, progress, timeout, no_progress_timeout)
    return Path(folder)


def hf_hub_download(
    repo_id: str,
    filename: str,
    local_dir: StrPath,
    *,
    repo_type: str | None = None,
    revision: str | None = None,
    token: str | bool | None = None,
    endpoint: str | None = None,
    progress: Progress = False,
    timeout: float | timedelta | None = None,
    no_progress_timeout: float | timedelta = NO_PROGRESS_TIMEOUT_S,
) -> Path:
    """Downloads one file of a repository, and returns its path: FileNotFoundError if the repository
    has none of that name. The rest is as for :func:`snapshot_download`.
    """
    hub = _Hub(repo_id, repo_type, revision, token, endpoint)

    def choose(found: Iterable[RepoFile]) -> list[RepoFile]:
        for one in found:
            if one.path == filename:
                return [one]
        text = f"{repo_id} has no such file at {revision or 'its main branch'}"
        raise FileNotFoundError(errno.ENOENT, text, filename)

    folder = absolute(local_dir)
    _download(hub, folder, choose, progress, timeout, no_progress_timeout)
    return Path(folder, filename)


@dataclass(frozen=True)
class _Wanted:
    """A file to have."""

    url: str
    path: str
    size: int
    sha256: str | None
    git_sha1: str

    @property
    def mark(self) -> str:
        """The description of its job: the same content for the same place finds it again."""
        place = hashlib.sha256(os.fsencode(self.path)).hexdigest()
        return f"bgcopy huggingface {self.sha256 or self.git_sha1} {place}"

    def has_hash(self, path: StrPath) -> bool:
        """True if a file has this content."""
        if os.path.getsize(path) != self.size:
            return False
        digest = hashlib.sha256() if self.sha256 else hashlib.sha1(usedforsecurity=False)
        if not self.sha256:
            digest.update(b"blob %d\0" % self.size)
        with open(path, "rb") as file:
            while piece := file.read(READ_BYTES):
                digest.update(piece)
        return digest.hexdigest() == (self.sha256 or self.git_sha1)

    def is_there(self) -> bool:
        """True if nothing is to be done."""
        return os.path.isfile(self.path) and self.has_hash(self.path)


class _Hub:
    """A repository at one commit."""

    def __init__(
        self,
        repo_id: str,
        repo_type: str | None,
        revision: str | None,
        token: str | bool | None,
        endpoint: str | None,
    ) -> None:
        if repo_type not in (None, "model", "dataset", "space"):
            raise InvalidArgumentError(
                HResult.E_INVALIDARG, message=f"a repository is no {repo_type}"
            )
        headers = build_hf_headers(token=token)
        self.token = headers.get("authorization", "").removeprefix("Bearer ") or None
        self.repo_id = repo_id
        self._type = repo_type
        self._api = HfApi(endpoint=endpoint, token=self.token or False)
        self._revision = revision

    def files(self, choose: Callable[[Iterable[RepoFile]], list[RepoFile]]) -> list[RepoFile]:
        """The chosen files, all of one commit."""
        info = self._api.repo_info(self.repo_id, repo_type=self._type, revision=self._revision)
        if not info.sha:
            raise OSError(errno.EIO, f"the hub does not name a commit of {self.repo_id}")
        self._revision = info.sha
        tree = self._api.list_repo_tree(
            self.repo_id, repo_type=self._type, revision=info.sha, recursive=True
        )
        return choose(one for one in tree if isinstance(one, RepoFile))

    def wanted(self, file: RepoFile, folder: str) -> _Wanted:
        """Where a file comes from and goes to."""
        parts = file.path.split("/")
        is_inside = not any(part in ("", ".", "..") or "\0" in part for part in parts)
        if not is_inside or parts[0].lower() == FOLDER:
            raise InvalidArgumentError(
                HResult.E_INVALID_NAME,
                ErrorContext.REMOTE_FILE,
                f"{self.repo_id} has a file {file.path!r}, which cannot be put into a folder",
            )
        url = hf_hub_url(
            self.repo_id,
            file.path,
            repo_type=self._type,
            revision=self._revision,
            endpoint=self._api.endpoint,
        )
        sha256 = None if file.lfs is None else file.lfs.sha256
        return _Wanted(url, os.path.join(folder, *parts), file.size, sha256, file.blob_id)


def _download(
    hub: _Hub,
    folder: str,
    choose: Callable[[Iterable[RepoFile]], list[RepoFile]],
    progress: Progress,
    timeout: float | timedelta | None,
    no_progress_timeout: float | timedelta,
) -> None:
    deadline = Deadline(timeout)
    wanted = [hub.wanted(file, folder) for file in hub.files(choose)]
    own = os.path.join(folder, FOLDER)
    with reporting(progress, hub.repo_id) as report, locked(f"{own}/lock", waits=True):
        shown = _Shown(wanted, report)
        left = [one for one in wanted if not shown.is_done(one, one.is_there())]
        shown.tell()
        store = os.path.join(own, QUEUE)
        if left or os.path.exists(store):
            is_empty = False
            try:
                with Manager(store) as manager:
                    fetch = _Fetch(manager, hub.token, no_progress_timeout, deadline, shown)
                    try:
                        fetch.all(left, places={one.path for one in wanted})
                    finally:
                        is_empty = not manager.jobs()
            finally:
                if is_empty:
                    shutil.rmtree(store, ignore_errors=True)


class _Shown:
    """Tells how far the files are together."""

    def __init__(self, wanted: Sequence[_Wanted], report: Report | None) -> None:
        self._total = sum(one.size for one in wanted)
        self._files = len(wanted)
        self._done_bytes = self._done_files = 0
        self._report = report

    def is_done(self, one: _Wanted, is_done: bool) -> bool:
        """Notes a file that is in place."""
        if is_done:
            self._done_bytes += one.size
            self._done_files += 1
        return is_done

    def tell(self, under_way: Iterable[Job] = ()) -> None:
        """Tells about it."""
        if self._report is not None:
            done = self._done_bytes + sum(job.progress.bytes_transferred for job in under_way)
            self._report(JobProgress(self._total, done, self._files, self._done_files))

    def tick(self, deadline: Deadline) -> float | None:
        """How long to wait until it is told again."""
        return deadline.left() if self._report is None else deadline.next(TICK_S)


class _Fetch:
    """Fetches files by one job for each."""

    def __init__(
        self,
        manager: Manager,
        token: str | None,
        no_progress_timeout: float | timedelta,
        deadline: Deadline,
        shown: _Shown,
    ) -> None:
        self._manager = manager
        self._token = token
        self._no_progress_timeout = no_progress_timeout
        self._deadline = deadline
        self._shown = shown

    def all(self, wanted: Sequence[_Wanted], places: set[str]) -> None:
        """Has all of them in place, or raises the first failure. `places` are those where nothing
        else is to go.
        """
        known = self._known({one.mark for one in wanted}, places)
        make_folders([FileSpec(one.url, one.path) for one in wanted])
        failures: list[Exception] = []
        for begin in range(0, len(wanted), TOGETHER_MAX):
            some = wanted[begin : begin + TOGETHER_MAX]
            with ThreadPoolExecutor(min(CALLS, len(some)), "bgcopy-calls") as pool:
                jobs = list(pool.map(lambda one: self._start(one, known.get(one.mark)), some))
            try:
                failures += self._finish(list(zip(some, jobs, strict=True)))
            except BaseException:
                for job in jobs:
                    # Some of them are finished.
                    with contextlib.suppress(BgcopyError):
                        job.suspend()
                raise
        if failures:
            raise failures[0]

    def _known(self, marks: set[str], places: set[str]) -> dict[str, Job]:
        """The jobs of an earlier call. Those of other files wait for another one; those of other
        content for a place are given up.
        """
        known = {}
        for job in self._manager.jobs():
            mark, files = job.description, job.files()
            if mark in marks and files:
                known[mark] = job
            elif not files or str(files[0].local_name) in places:
                job.cancel()
            else:
                job.suspend()
        return known

    def _start(self, one: _Wanted, known: Job | None) -> Job:
        job = known
        if job is None:
            job = self._manager.create_job(os.path.basename(one.path)[:256], JobType.DOWNLOAD)
            job.description = one.mark
            hash = None if one.sha256 is None else ExpectedHash(HashAlgorithm.SHA256, one.sha256)
            job.add_file_set([FileSpec(one.url, one.path, expected_hash=hash)])
            job.priority = JobPriority.FOREGROUND
        else:
            # A queued job that waits for credentials does not start when it is to have none.
            job.suspend()
            if job.file(0).remote_name != one.url:
                job.file(0).set_remote_name(one.url)
        job.no_progress_timeout = self._no_progress_timeout
        if self._token is not None:
            job.set_credentials(AuthTarget.SERVER, AuthScheme.BEARER, "", self._token)
        else:
            # Else it would wait for that of the call before.
            job.remove_credentials(AuthTarget.SERVER, AuthScheme.BEARER)
        if job.state is not JobState.TRANSFERRED:
            job.resume()
        return job

    def _finish(self, pairs: Sequence[tuple[_Wanted, Job]]) -> Iterator[Exception]:
        """Puts in place what arrives, and gives the failures."""
        under_way = dict(pairs)
        for one, job in pairs:
            state = self._wait(one, job, under_way)
            error = None if state is JobState.TRANSFERRED else failure(job, state)
            if error is None and not _is_right(one, job.file(0)):
                text = "the file does not have the hash that the hub says"
                error = TransferError(
                    HResult.BGCOPY_E_HASH_MISMATCH, ErrorContext.REMOTE_FILE, text
                )
                job.cancel()
            if error is None:
                job.complete()
                self._shown.is_done(one, True)
            else:
                _give_up(job)
                yield _caused(as_os_error(error, one.url), error)
            del under_way[one]
            self._shown.tell(under_way.values())

    def _wait(self, one: _Wanted, job: Job, under_way: dict[_Wanted, Job]) -> JobState:
        while True:
            try:
                return job.wait(timeout=self._shown.tick(self._deadline))
            except WaitTimeoutError:
                self._shown.tell(under_way.values())
                if self._deadline.left() == 0.0:
                    raise


def _is_right(one: _Wanted, file: File) -> bool:
    """True for a file with the right hash. That of a file in LFS is checked by the queue."""
    return one.sha256 is not None or one.has_hash(file.temporary_name)


def _give_up(job: Job) -> None:
    """Forgets a job of which nothing is here."""
    # It may be cancelled.
    with contextlib.suppress(BgcopyError):
        if job.progress.bytes_transferred == 0:
            job.cancel()


def _caused(error: Exception, cause: Exception) -> Exception:
    if error is not cause:
        error.__cause__ = cause
    return error


def _list(patterns: Sequence[str] | str | None) -> list[str] | None:
    if patterns is None:
        return None
    return [patterns] if isinstance(patterns, str) else list(patterns)
