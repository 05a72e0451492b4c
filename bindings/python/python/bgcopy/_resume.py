"""Downloads for callers that name another file each time, or that keep no queue: what is fetched is
kept in a folder beside the target until all of it is here.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from datetime import timedelta

from ._bgcopy import Reader
from ._download import download
from ._progress import Progress
from .errors import BgcopyError

FOLDER = ".bgcopy"
"""Where it is kept, in the folder of the target."""

QUEUE = "queue"
"""The store in it."""

CONTENT = "content"
"""The file, once it is whole and until it is in place."""


def fetch(
    url: str,
    target: str,
    *,
    progress: Progress,
    headers: Mapping[str, str] | None,
    credentials: tuple[str, str] | None,
    timeout: float | timedelta | None,
    no_progress_timeout: float | timedelta,
) -> None:
    """Downloads a URL to a path in an existing folder. If that fails or is killed, what was fetched
    is found by the URL alone, when it is to go to the same folder. Whoever comes while another call
    fetches it, in any process, fetches it for itself and keeps nothing.
    """
    get = functools.partial(
        download,
        url,
        progress=progress,
        headers=headers,
        credentials=credentials,
        timeout=timeout,
        no_progress_timeout=no_progress_timeout,
    )
    own = os.path.join(os.path.dirname(target), FOLDER, hashlib.sha256(url.encode()).hexdigest())
    with locked(f"{own}.lock", waits=False) as is_ours:
        if not is_ours:
            get(target)
            return
        content = os.path.join(own, CONTENT)
        store = os.path.join(own, QUEUE)
        try:
            get(content, store=store)
        except BaseException:
            if not _holds_bytes(store):
                shutil.rmtree(own, ignore_errors=True)
            raise
        os.replace(content, target)
        shutil.rmtree(own, ignore_errors=True)


def _holds_bytes(store: str) -> bool:
    """True if there is something to go on with."""
    try:
        return any(job.progress.bytes_transferred > 0 for job in Reader(store).jobs())
    except BgcopyError:
        return False


@contextlib.contextmanager
def locked(path: str, *, waits: bool) -> Iterator[bool]:
    """Holds a lock, which the end of the process releases, too, and says whether it is held. The
    file of it is there only while somebody has it, and its folder only while something is in it.
    """
    folder = os.path.dirname(path)
    while True:
        try:
            os.makedirs(folder, exist_ok=True)
        except FileExistsError:
            if os.path.lexists(folder) and not os.path.isdir(folder):
                raise
            # It was removed between the two steps of makedirs.
            continue
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except FileNotFoundError:
            # The last one has just removed the folder.
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
        except BlockingIOError:
            os.close(descriptor)
            yield False
            return
        except BaseException:
            os.close(descriptor)
            raise
        if _is_there(descriptor, path):
            break
        # The one before has removed it.
        os.close(descriptor)
    try:
        yield True
    finally:
        with contextlib.suppress(OSError):
            os.unlink(path)
        os.close(descriptor)
        with contextlib.suppress(OSError):
            os.rmdir(folder)


def _is_there(descriptor: int, path: str) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False
