"""A downloader for pooch: `pip install 'bgcopy[pooch]'`.

::

    data = pooch.create(path=..., base_url=..., registry=...)
    data.fetch("a.csv", downloader=bgcopy.pooch.Downloader(progressbar=True))
    pooch.retrieve(url, known_hash=None, downloader=bgcopy.pooch.Downloader())
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import BinaryIO, Literal, Protocol

from ._extras import as_os_error, missing

try:
    import pooch as _pooch
except ModuleNotFoundError as _absent:
    raise missing("bgcopy.pooch", "pooch", "pooch") from _absent

from ._bgcopy import Manager
from ._progress import reporting
from ._resume import fetch
from ._targets import absolute, name_in_url
from ._transfer import (
    NO_PROGRESS_TIMEOUT_S,
    Deadline,
    StrPath,
    TransferSettings,
    failure,
    start_job,
)
from ._vocab import HResult, JobPriority, JobState, JobType
from .errors import BgcopyError, InvalidArgumentError, TransferError
from .records import FileRange, FileSpec, JobProgress

__all__ = ["Downloader", "ProgressBar"]


class ProgressBar(Protocol):
    """A progress bar as pooch's own downloaders take one."""

    total: int

    def update(self, amount: int) -> object:
        """So many bytes more."""

    def reset(self) -> object:
        """Back to none."""

    def close(self) -> object:
        """That is all."""


class Downloader:
    """Downloads the files of pooch with bgcopy.

    If the download fails, is interrupted or the process dies, what was fetched is kept in `.bgcopy`
    in the folder of the file, and the next download of the same URL to that folder goes on with it.

    `progressbar` is True or "tqdm" for a bar of tqdm, "rich" for one of rich, or an object as
    pooch's own downloaders take one.
    `headers`, `credentials`, `timeout` and `no_progress_timeout` are as for
    :func:`bgcopy.download`, which tries again by itself: `retry_if_failed` of pooch is for files
    with a wrong hash.

    What a server refuses is FileNotFoundError for 404 and 410 and PermissionError for 401 and 403;
    TimeoutError says that nothing came in time, OSError what else went wrong. The
    :class:`BgcopyError` with the precise code is its cause.
    """

    def __init__(
        self,
        progressbar: bool | Literal["tqdm", "rich"] | ProgressBar = False,
        *,
        headers: Mapping[str, str] | None = None,
        credentials: tuple[str, str] | None = None,
        timeout: float | timedelta | None = None,
        no_progress_timeout: float | timedelta = NO_PROGRESS_TIMEOUT_S,
    ) -> None:
        self.progressbar = progressbar
        self._headers = headers
        self._credentials = credentials
        self._timeout = timeout
        self._no_progress_timeout = no_progress_timeout

    def __call__(
        self,
        url: str,
        output_file: StrPath | BinaryIO | None,
        pooch: _pooch.Pooch | None,
        check_only: bool = False,
    ) -> bool | None:
        """Downloads a URL to a path or an open file. With `check_only` it says whether the server
        has such a file, and fetches none.
        """
        try:
            if check_only:
                return self._is_there(url)
            if output_file is None:
                raise InvalidArgumentError(
                    HResult.E_INVALIDARG, message=f"{url} is to go to no file"
                )
            if isinstance(output_file, str | os.PathLike):
                self._fetch(url, absolute(output_file))
            else:
                with tempfile.TemporaryDirectory(prefix="bgcopy-") as folder:
                    content = os.path.join(folder, "content")
                    self._fetch(url, content)
                    with open(content, "rb") as source:
                        shutil.copyfileobj(source, output_file)
        except BgcopyError as error:
            known = as_os_error(error, url)
            if known is error:
                raise
            raise known from error
        return None

    def _fetch(self, url: str, target: str) -> None:
        shown = self.progressbar
        told = shown if isinstance(shown, bool | str) else _telling(shown)
        with reporting(told, _name(url)) as report:
            fetch(
                url,
                target,
                progress=report or False,
                headers=self._headers,
                credentials=self._credentials,
                timeout=self._timeout,
                no_progress_timeout=self._no_progress_timeout,
            )
        if not isinstance(shown, bool | str):
            shown.close()

    def _is_there(self, url: str) -> bool:
        settings = TransferSettings(
            self._headers, self._credentials, JobPriority.FOREGROUND, self._no_progress_timeout
        )
        with (
            tempfile.TemporaryDirectory(prefix="bgcopy-") as folder,
            Manager(os.path.join(folder, "store")) as manager,
        ):
            file = FileSpec(url, os.path.join(folder, "first"), [FileRange(0, 1)])
            job = start_job(manager, JobType.DOWNLOAD, [file], settings, description="bgcopy pooch")
            state = job.wait(timeout=Deadline(self._timeout).left())
            error = None if state is JobState.TRANSFERRED else failure(job, state)
            job.cancel()
        return error is None or _is_an_answer(error)


def _is_an_answer(error: TransferError) -> bool:
    """True for a file without a first byte or without ranges, False for none; else it is raised."""
    if error.hresult in (HResult.DO_E_INVALID_RANGE, HResult.DO_E_INSUFFICIENT_RANGE_SUPPORT):
        return True
    if error.hresult.http_status is not None:
        return False
    raise error


def _telling(bar: ProgressBar) -> Callable[[JobProgress], object]:
    """Tells a bar what is new since the last time."""
    told = 0

    def report(progress: JobProgress) -> None:
        nonlocal told
        if progress.bytes_total is not None:
            bar.total = progress.bytes_total
        if progress.bytes_transferred < told:
            # The file had to begin anew.
            bar.reset()
            told = 0
        bar.update(progress.bytes_transferred - told)
        told = progress.bytes_transferred

    return report


def _name(url: str) -> str:
    try:
        return name_in_url(url)
    except InvalidArgumentError:
        return url
