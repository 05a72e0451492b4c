"""A file system of fsspec for http and https: `pip install 'bgcopy[fsspec]'`.

The package registers it under names of its own, `bgcopy`, `bgcopy+http` and `bgcopy+https`:
fsspec lets an entry point replace whatever has its name, so that one for `https` would change
every program in the environment. :func:`register` does that for the program that calls it.

::

    fsspec.open("bgcopy+https://example.org/a.parquet")
    fsspec.filesystem("bgcopy", store="~/.queue").get("https://example.org/a.iso", "a.iso")
"""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from ._extras import as_os_error, missing

try:
    import fsspec
    from fsspec.callbacks import DEFAULT_CALLBACK
    from fsspec.spec import AbstractFileSystem
    from fsspec.utils import isfilelike, tokenize
except ModuleNotFoundError as _absent:
    raise missing("bgcopy.fsspec", "fsspec", "fsspec") from _absent

from ._bgcopy import Job
from ._download import download_many, expected, follow
from ._file_reader import FileReader
from ._html_links import link_targets
from ._progress import Report
from ._targets import absolute, make_folders
from ._temporary_queue import TemporaryQueue
from ._transfer import NO_PROGRESS_TIMEOUT_S, Deadline, TransferSettings, failure, start_job
from ._upload import upload
from ._vocab import HResult, JobPriority, JobState, JobType, UploadProtocol
from ._wait import Span
from .errors import BgcopyError, InvalidArgumentError, TransferError
from .records import ExpectedHash, FileRange, FileSpec, JobProgress

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ["BgcopyFile", "BgcopyFileSystem", "register"]

_PREFIX = "bgcopy+"
_SCHEMES = ("http", "https")


def register() -> None:
    """Has fsspec open http and https URLs with bgcopy in this process: what other libraries in
    it open, too. File systems that exist already stay as they are.
    """
    for scheme in _SCHEMES:
        fsspec.register_implementation(scheme, BgcopyFileSystem, clobber=True)


class BgcopyFileSystem(AbstractFileSystem):  # type: ignore[misc]
    """Files of web servers, read and sent with bgcopy.

    With `store`, a folder, what `get` and `put` transfer is kept there when it fails, is
    interrupted or the process dies: the same call goes on with it. `headers`, `credentials`,
    `timeout` and `no_progress_timeout` are as for :func:`bgcopy.download`; a timeout is that of
    one call, and of one read of an open file. `upload_protocol` is how `put` and `pipe` send.

    Folders are what servers show as a page of links: `ls`, `glob`, `find` and a recursive `get`
    follow those that lead below a page. Nothing is written by `open`, and nothing is deleted.

    What a server refuses is FileNotFoundError for 404 and 410 and PermissionError for 401 and
    403; TimeoutError says that nothing came in time, OSError what else went wrong. The
    :class:`BgcopyError` with the precise code is its cause.
    """

    protocol = ("bgcopy", "bgcopy+http", "bgcopy+https", *_SCHEMES)

    def __init__(
        self,
        *,
        store: str | os.PathLike[str] | None = None,
        headers: Mapping[str, str] | None = None,
        credentials: Sequence[str] | None = None,
        timeout: float | timedelta | None = None,
        no_progress_timeout: float | timedelta = NO_PROGRESS_TIMEOUT_S,
        upload_protocol: int = UploadProtocol.AUTO,
        **storage_options: Any,
    ) -> None:
        super().__init__(**storage_options)
        self._store = None if store is None else absolute(os.path.expanduser(store))
        pair = None if credentials is None else tuple(credentials)
        if pair is not None and len(pair) != 2:
            raise InvalidArgumentError(
                HResult.E_INVALIDARG, message="credentials are a name and a password"
            )
        self._credentials = pair
        self._headers = headers
        self._timeout = timeout
        self._no_progress_timeout = no_progress_timeout
        self._upload_protocol = UploadProtocol(upload_protocol)
        self._queue = TemporaryQueue()
        self._folders: set[str] = set()

    # What is where.

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        """The URL, without the name under which fsspec knows us."""
        if isinstance(path, list):
            return [cls._strip_protocol(one) for one in path]
        url = os.fspath(path)
        url = url.removeprefix("bgcopy://").removeprefix(_PREFIX)
        if url and url.split("://", 1)[0].lower() not in _SCHEMES:
            raise InvalidArgumentError(
                HResult.INET_E_INVALID_URL, message=f"{url} is no http or https URL"
            )
        return url

    @classmethod
    def _parent(cls, path: str) -> str:
        url = cls._strip_protocol(path).rstrip("/")
        parent = url.rpartition("/")[0]
        return parent if "://" in parent and not parent.endswith("/") else ""

    def info(self, path: str, **kwargs: Any) -> dict[str, Any]:
        """What the server says of a file, by a request for its first byte."""
        url = self._strip_protocol(path)
        if url.endswith("/"):
            links = self._links(url)
            if links:
                return _folder(url)
        size, headers = self._head(url)
        is_page = _content_type(headers) == "text/html"
        if is_page and not url.endswith("/") and "?" not in url and self._has_links(url):
            self._folders.add(url)
            return _folder(url)
        found = {
            "name": url,
            "size": size,
            "type": "file",
            "mimetype": _content_type(headers),
        }
        for name in ("ETag", "Last-Modified"):
            if name.lower() in headers:
                found[name] = headers[name.lower()]
        return found

    def exists(self, path: str, **kwargs: Any) -> bool:
        """False if the server says that there is no such file. That it cannot be asked, or does
        not tell, is raised.
        """
        try:
            self.info(path)
        except FileNotFoundError:
            return False
        return True

    def isdir(self, path: str) -> bool:
        """True for a page of links to what is below it."""
        try:
            return bool(self.info(path)["type"] == "directory")
        except OSError:
            return False

    def ls(self, path: str, detail: bool = True, **kwargs: Any) -> list[Any]:
        """What a page links to that is below it; of a file, itself."""
        url = self._strip_protocol(path)
        try:
            links = self._links(url)
        except FileNotFoundError:
            links = {}
        if links:
            found = [
                _folder(name) if is_folder else _file(name) for name, is_folder in links.items()
            ]
            self._folders.update(name for name, is_folder in links.items() if is_folder)
        else:
            found = [self.info(url)]
        return found if detail else sorted(one["name"] for one in found)

    def glob(self, path: str, maxdepth: int | None = None, **kwargs: Any) -> Any:
        """As of any file system of fsspec; but a question mark without * or [ begins a query."""
        url = self._strip_protocol(path)
        if "*" in url or "[" in url:
            with self._queue.use():
                return super().glob(url, maxdepth=maxdepth, **kwargs)
        found = {url: self.info(url)} if self.exists(url) else {}
        return found if kwargs.get("detail") else list(found)

    def modified(self, path: str) -> datetime:
        """When the file was last modified, as the server says."""
        said = self.info(path).get("Last-Modified")
        if said is None:
            raise NotImplementedError(f"the server does not say when {path} was modified")
        return parsedate_to_datetime(said)

    def ukey(self, path: str) -> str:
        """Another one for each version of the file, as far as the server tells them apart."""
        return str(tokenize(sorted(self.info(path).items(), key=str)))

    def find(self, path: str, *rest: Any, **kwargs: Any) -> Any:
        """As of any file system of fsspec."""
        with self._queue.use():
            return super().find(path, *rest, **kwargs)

    # What is in it.

    def cat(self, path: Any, *rest: Any, **kwargs: Any) -> Any:
        """As of any file system of fsspec."""
        with self._queue.use():
            return super().cat(path, *rest, **kwargs)

    def cat_ranges(self, paths: Any, starts: Any, ends: Any, *rest: Any, **kwargs: Any) -> Any:
        """As of any file system of fsspec."""
        with self._queue.use():
            return super().cat_ranges(paths, starts, ends, *rest, **kwargs)

    def get(self, rpath: Any, lpath: Any, *rest: Any, **kwargs: Any) -> None:
        """As of any file system of fsspec."""
        with self._queue.use():
            super().get(rpath, lpath, *rest, **kwargs)

    def cat_file(
        self, path: str, start: int | None = None, end: int | None = None, **kwargs: Any
    ) -> bytes:
        """The bytes of a file, or of a part of it, which alone is fetched then."""
        url = self._strip_protocol(path)
        if (start is not None and start < 0) or (end is not None and end < 0):
            start, end = self._clipped(url, start, end)
        if end is not None and end <= (start or 0):
            return b""
        if not start and end is None:
            return self._content(url)
        try:
            return self._part(url, start or 0, end)
        except TransferError as error:
            if error.hresult == HResult.DO_E_INSUFFICIENT_RANGE_SUPPORT:
                return self._content(url)[start:end]
            if error.hresult != HResult.DO_E_INVALID_RANGE:
                raise as_os_error(error, url) from error
        # It ends before the part does.
        start, end = self._clipped(url, start, end)
        if start >= end:
            return b""
        with _as_os_errors(url):
            return self._part(url, start, end)

    def head(self, path: str, size: int = 1024) -> bytes:
        """The first bytes of a file, which alone are fetched."""
        return self.cat_file(path, 0, size)

    def tail(self, path: str, size: int = 1024) -> bytes:
        """The last bytes of a file, which alone are fetched."""
        return self.cat_file(path, -size) if size > 0 else b""

    def read_block(
        self, fn: str, offset: int, length: int | None, delimiter: bytes | None = None
    ) -> bytes:
        """A piece of a file, which alone is fetched; unless it is to begin and end at
        delimiters.
        """
        if delimiter:
            return bytes(super().read_block(fn, offset, length, delimiter))
        return self.cat_file(fn, offset, None if length is None else offset + length)

    def get_file(
        self,
        rpath: str,
        lpath: Any,
        callback: Any = DEFAULT_CALLBACK,
        outfile: Any = None,
        *,
        sha256: str | bytes | None = None,
        **kwargs: Any,
    ) -> None:
        """Downloads a file: nothing is there before all of it is, checked if a hash is given."""
        url = self._strip_protocol(rpath)
        outfile = lpath if outfile is None and isfilelike(lpath) else outfile
        if outfile is not None:
            self._copy(url, outfile, callback)
        elif url.endswith("/") or url in self._folders:
            os.makedirs(lpath, exist_ok=True)
        else:
            with _as_os_errors(url):
                self._fetch(url, absolute(lpath), expected(sha256), _told(callback))

    def put_file(
        self,
        lpath: str | os.PathLike[str],
        rpath: str,
        callback: Any = DEFAULT_CALLBACK,
        mode: str = "overwrite",
        **kwargs: Any,
    ) -> None:
        """Sends a file. Folders are nothing that is sent."""
        url = self._strip_protocol(rpath)
        if os.path.isdir(lpath):
            return
        self._refuse_existing(url, mode)
        with _as_os_errors(url):
            settings = self._wishes()
            settings.update(store=self._store, progress=_told(callback))
            upload(lpath, url, protocol=self._upload_protocol, **settings)

    def pipe_file(self, path: str, value: Any, mode: str = "overwrite", **kwargs: Any) -> None:
        """Sends bytes as a file."""
        url = self._strip_protocol(path)
        self._refuse_existing(url, mode)
        with tempfile.TemporaryDirectory(prefix="bgcopy-") as folder, _as_os_errors(url):
            source = os.path.join(folder, "value")
            with open(source, "wb") as file:
                file.write(value)
            upload(source, url, protocol=self._upload_protocol, **self._wishes())

    def _open(
        self,
        path: str,
        mode: str = "rb",
        block_size: int | None = None,
        autocommit: bool = True,
        cache_options: Any = None,
        **kwargs: Any,
    ) -> BgcopyFile:
        if mode != "rb":
            raise NotImplementedError(
                f"mode {mode}: files are opened for reading only; put and pipe send them"
            )
        url = self._strip_protocol(path)
        with contextlib.ExitStack() as parts, _as_os_errors(url):
            job = parts.enter_context(self._job(url))
            reader = parts.enter_context(job.file(0).open_reader(self._timeout))
            # Once the first byte is here it is known that there is a file, and its size.
            reader.read(1)
            reader.seek(0)
            raw = _Stream(url, job, reader, self._timeout, parts.pop_all().close)
        return BgcopyFile(self, url, raw, block_size or io.DEFAULT_BUFFER_SIZE)

    # How it is done.

    def _wishes(self) -> dict[str, Any]:
        return {
            "headers": self._headers,
            "credentials": self._credentials,
            "timeout": self._timeout,
            "no_progress_timeout": self._no_progress_timeout,
        }

    def _fetch(
        self, url: str, path: str, hash: ExpectedHash | None, progress: bool | Report
    ) -> None:
        """Downloads a file to a path: with a store to go on with, else in our own queue."""
        file = FileSpec(url, path, expected_hash=hash)
        if self._store is not None:
            download_many([file], store=self._store, progress=progress, **self._wishes())
            return
        make_folders([file])
        with self._job(url, target=file) as job:
            follow(job, progress if callable(progress) else None, self._timeout)

    @contextlib.contextmanager
    def _job(
        self, url: str, ranges: Sequence[FileRange] = (), *, target: FileSpec | None = None
    ) -> Iterator[Job]:
        """A download under way, to nowhere unless there is a target. Nothing is left of it that
        is not completed.
        """
        settings = TransferSettings(
            self._headers, self._credentials, JobPriority.FOREGROUND, self._no_progress_timeout
        )
        with self._queue.use() as (manager, folder):
            file = target or FileSpec(url, os.path.join(folder, uuid.uuid4().hex), ranges)
            job = start_job(
                manager, JobType.DOWNLOAD, [file], settings, description="bgcopy fsspec"
            )
            try:
                yield job
            finally:
                with contextlib.suppress(BgcopyError):
                    job.cancel()

    def _arrived(self, job: Job) -> bytes:
        state = job.wait(timeout=Deadline(self._timeout).left())
        if state is not JobState.TRANSFERRED:
            raise failure(job, state)
        return job.file(0).temporary_name.read_bytes()

    def _content(self, url: str) -> bytes:
        with _as_os_errors(url), self._job(url) as job:
            return self._arrived(job)

    def _part(self, url: str, start: int, end: int | None) -> bytes:
        piece = FileRange(start, None if end is None else end - start)
        with self._job(url, [piece]) as job:
            return self._arrived(job)

    def _copy(self, url: str, outfile: Any, callback: Any) -> None:
        with self._open(url) as source:
            callback.set_size(source.size)
            while data := source.read(self.blocksize):
                outfile.write(data)
                callback.relative_update(len(data))

    def _clipped(self, url: str, start: int | None, end: int | None) -> tuple[int, int]:
        """Where a part begins and ends, as a slice of the file would."""
        size = self._head(url)[0]
        if size is None:
            size = len(self._content(url))
        first, last, _ = slice(start, end).indices(size)
        return first, last

    def _head(self, url: str) -> tuple[int | None, dict[str, str]]:
        """The size of a file and the head of the server's answer."""
        with _as_os_errors(url):
            try:
                with self._job(url, [FileRange(0, 1)]) as job:
                    self._arrived(job)
                    headers = _headers(job)
                total = headers.get("content-range", "").rpartition("/")[2]
                if total.isdigit():
                    return int(total), headers
            except TransferError as error:
                # It has no first byte, or comes as a whole only.
                if error.hresult not in (
                    HResult.DO_E_INVALID_RANGE,
                    HResult.DO_E_INSUFFICIENT_RANGE_SUPPORT,
                ):
                    raise
            with self._job(url) as job, job.file(0).open_reader(self._timeout) as reader:
                reader.read(1)
                return reader.size, _headers(job)

    def _has_links(self, url: str) -> bool:
        try:
            return bool(self._links(url))
        except OSError:
            return False

    def _links(self, url: str) -> dict[str, bool]:
        """What a page links to right below it, and whether that is a folder."""
        page = url if "?" in url else url.rstrip("/") + "/"
        with (
            _as_os_errors(url),
            self._job(page) as job,
            job.file(0).open_reader(self._timeout) as reader,
        ):
            begin = reader.read(1) or b""
            if _content_type(_headers(job)) != "text/html":
                return {}
            text = (begin + reader.readall()).decode("utf-8", "replace")
        found = {}
        for link in link_targets(page, text):
            rest = link.removeprefix(page)
            if rest and rest != link and "/" not in rest[:-1] and rest[0] not in "?/":
                found[link.rstrip("/")] = link.endswith("/")
        return found

    def _refuse_existing(self, url: str, mode: str) -> None:
        if mode not in ("overwrite", "create"):
            raise NotImplementedError(f"mode {mode}: files are sent as a whole")
        if mode == "create" and self.exists(url):
            raise FileExistsError(url)


class BgcopyFile(io.BufferedReader):
    """A file of a web server, opened for reading: all of it is fetched in the background, what is
    read first, to a temporary file that goes with it.
    """

    def __init__(self, fs: BgcopyFileSystem, path: str, raw: _Stream, buffer_size: int) -> None:
        super().__init__(raw, buffer_size)
        self.fs = fs
        self.path = path
        self.size = raw.size
        """In bytes; None if the server does not tell."""

    @property
    def full_name(self) -> str:
        """The URL."""
        return self.path

    @property
    def details(self) -> dict[str, Any]:
        """What is known of it."""
        return {"name": self.path, "size": self.size, "type": "file"}


class _Stream(io.RawIOBase):
    """A reader whose errors are those of Python, and which ends its job."""

    def __init__(
        self, url: str, job: Job, reader: FileReader, timeout: Span, end: Callable[[], None]
    ) -> None:
        self._url = url
        self._job = job
        self._reader = reader
        self._timeout = timeout
        self._end = end

    @property
    def size(self) -> int | None:
        return self._reader.size

    def readable(self) -> bool:
        return self._reader.readable()

    def seekable(self) -> bool:
        return self._reader.seekable()

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        with _as_os_errors(self._url):
            return self._reader.readinto(buffer)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        with _as_os_errors(self._url):
            if whence == io.SEEK_END and self._reader.size is None:
                # How long it is shows at its end.
                self._job.wait(timeout=self._timeout)
            return self._reader.seek(offset, whence)

    def tell(self) -> int:
        return self._reader.tell()

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._end()


@contextlib.contextmanager
def _as_os_errors(url: str) -> Iterator[None]:
    try:
        yield
    except BgcopyError as error:
        known = as_os_error(error, url)
        if known is error:
            raise
        raise known from error


def _told(callback: Any) -> bool | Callable[[JobProgress], object]:
    """Tells a callback of fsspec about progress."""
    if callback is DEFAULT_CALLBACK:
        return False

    def report(progress: JobProgress) -> None:
        if progress.bytes_total is not None and callback.size != progress.bytes_total:
            callback.set_size(progress.bytes_total)
        callback.absolute_update(progress.bytes_transferred)

    return report


def _headers(job: Job) -> dict[str, str]:
    """The head of the last answer, with names in small letters."""
    lines = (job.file(0).response_headers or "").split("\r\n")[1:]
    pairs = (line.partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, mark, value in pairs if mark}


def _content_type(headers: Mapping[str, str]) -> str | None:
    said = headers.get("content-type")
    return None if said is None else said.partition(";")[0].strip().lower()


def _folder(name: str) -> dict[str, Any]:
    return {"name": name, "size": 0, "type": "directory"}


def _file(name: str) -> dict[str, Any]:
    return {"name": name, "size": None, "type": "file"}
