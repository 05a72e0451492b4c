"""Reading a file while it is downloaded."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ._bgcopy import RawReader
from ._vocab import HResult
from ._wait import Outcome, Span, deadline_of, in_thread, is_over, left_of, slice_of
from .errors import WaitTimeoutError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

READ_BYTES = 1024 * 1024
"""The most that one call of the core reads, and what is read at a time of all there is."""


class FileReader(io.RawIOBase):
    """Reads a download from its first byte to its last, while it is under way or
    afterwards: made by :meth:`File.open_reader`.

    It is a raw stream of :mod:`io`. A read waits until there is at least one byte, and Ctrl-C
    ends it at once. The server is asked for the bytes that it waits for before all others, if
    the file may have several requests: it has 8 MiB or more, a strong ETag, no requested pieces,
    and CONNECTIONS_PER_FILE is not 1. For lines, and for many small reads, put an
    :class:`io.BufferedReader` around it.

    If a byte will not come by itself, its read does not wait: :class:`InvalidStateError` if the
    job is suspended, completed without it, or cancelled; what stopped the job or the file if it
    has failed for good. After :meth:`Job.resume` it can be read on.

    All that one reader reads is of one version of the file: once the download has begun anew, as
    the file on the server is another one, every read raises BG_E_REMOTE_FILE_CHANGED, and
    another reader must be opened. What was read is what the server sent; whether it has the
    expected hash is known when all of it is here: :attr:`verified`.

    Any thread may use it; calls of one reader take turns. :meth:`close` does not wait: a read of
    another thread goes on to its end.
    """

    def __init__(self, raw: RawReader, timeout: Span = None) -> None:
        self._raw: RawReader | None = raw
        self._timeout = timeout
        # Python's own lock, as Ctrl-C ends the wait for it.
        self._turn = threading.Lock()

    def readable(self) -> bool:
        """True, unless it is closed."""
        self._open()
        return True

    def seekable(self) -> bool:
        """True, unless it is closed."""
        self._open()
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Reads up to as many bytes as fit, and says how many: 0 at the end of the file, and
        else at least one. :class:`WaitTimeoutError` when the reader's timeout is over.
        """
        deadline = deadline_of(self._timeout)
        with memoryview(buffer) as given, given.cast("B") as view, self._call(deadline) as raw:
            read = raw.read(min(len(view), READ_BYTES), left_of(deadline))
            view[: len(read)] = read
        return len(read)

    def readall(self) -> bytes:
        """Reads all that follows, and waits for it. If that fails, what was read until then is
        lost, and the position is behind it.
        """
        parts = []
        while part := self.read(READ_BYTES):
            parts.append(part)
        return b"".join(parts)

    async def read_async(self, size: int = READ_BYTES, timeout: Span = None) -> bytes:
        """Reads up to so many bytes without blocking the loop: none at the end of the file, and
        else at least one. One task at a time may read. If it is cancelled, or its time is over,
        it has read nothing. A timeout here goes before that of the reader.
        """
        deadline = deadline_of(self._timeout if timeout is None else timeout)
        given_up = threading.Event()
        begin = self.tell()

        def step() -> Outcome | None:
            with self._call(deadline) as raw:
                if given_up.is_set():
                    return None
                try:
                    raw.seek(begin, io.SEEK_SET)
                    return Outcome(raw.read(min(size, READ_BYTES), slice_of(deadline)))
                except WaitTimeoutError:
                    if is_over(deadline):
                        raise
                    return None
                finally:
                    # It is read once the task has it.
                    raw.seek(begin, io.SEEK_SET)

        try:
            outcome = await in_thread(step, lambda: not given_up.is_set()).outcome()
        finally:
            given_up.set()
        if outcome.failure is not None:
            raise outcome.failure
        read = bytes(outcome.result)
        self.seek(begin + len(read))
        return read

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Moves the position, which may be behind the end, and says where it is:
        :class:`InvalidArgumentError` for one in front of the first byte; from the end
        :class:`InvalidStateError` as long as the size is not known.
        """
        with self._call() as raw:
            return raw.seek(offset, whence)

    def tell(self) -> int:
        """Where the next read begins, in bytes from the first one. A file with requested pieces
        has them back to back.
        """
        with self._call() as raw:
            return raw.position

    @property
    def size(self) -> int | None:
        """Bytes that the whole file will have; None until the server tells."""
        with self._call() as raw:
            return raw.size

    @property
    def verified(self) -> bool:
        """True once the whole file is here, checked against the expected hash if there is one,
        and safe against a power cut.
        """
        with self._call() as raw:
            return raw.verified

    def close(self) -> None:
        """Lets go of the file. A second call does nothing."""
        super().close()
        self._raw = None

    def _open(self) -> RawReader:
        raw = self._raw
        if raw is None:
            raise ValueError("I/O operation on closed file")
        return raw

    @contextmanager
    def _call(self, deadline: float | None = None) -> Iterator[RawReader]:
        """A turn of this caller."""
        raw = self._open()
        left = left_of(deadline)
        most = threading.TIMEOUT_MAX
        if not self._turn.acquire(timeout=-1 if left is None else min(left, most)):
            raise WaitTimeoutError(HResult.E_TIMEOUT, message="another call has the reader")
        try:
            yield raw
        finally:
            self._turn.release()
