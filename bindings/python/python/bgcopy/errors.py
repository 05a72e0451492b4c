"""The exceptions. All of them are :class:`BgcopyError`; a few have a class of
their own, and are what Python calls such an error where it has a word for it.
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Any

from ._vocab import ErrorContext, HResult

if TYPE_CHECKING:
    from .records import JobError


class BgcopyError(Exception):
    """A call failed, or a transfer did."""

    hresult: HResult
    """The precise code."""
    context: ErrorContext
    """What kind of thing failed."""
    message: str
    """One readable sentence."""

    def __init__(
        self,
        hresult: int,
        context: int = ErrorContext.NONE,
        message: str | None = None,
    ) -> None:
        self.hresult = HResult(hresult)
        self.context = ErrorContext(context)
        self.message = self.hresult.text if message is None else message
        super().__init__(self.hresult, self.context, self.message)
        me: object = self
        if isinstance(me, OSError):
            me.errno = _ERRNO.get(self.hresult)
            me.strerror = self.message

    def __str__(self) -> str:
        return f"{self.message} ({self.hresult!s})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.hresult, self.context, self.message))


class InvalidArgumentError(BgcopyError, ValueError):
    """An argument is not valid."""


class InvalidStateError(BgcopyError):
    """The state of the job does not allow this."""


class ManagerClosedError(InvalidStateError):
    """The manager is closed, or belongs to the parent of this process."""


class NotFoundError(BgcopyError, LookupError):
    """There is no such job, file, property or error."""


class JobNotFoundError(NotFoundError):
    """The job is not in the queue."""


class NotSupportedError(BgcopyError, NotImplementedError):
    """This is not supported."""


class AccessDeniedError(BgcopyError, PermissionError):
    """The system denies access to a file or folder."""


class PathNotFoundError(BgcopyError, FileNotFoundError):
    """There is no such file or folder on this machine."""


class StorageError(BgcopyError, OSError):
    """A file, a folder or the disk cannot be used."""


class StoreInUseError(StorageError):
    """Another manager has the store open, and one of the two wants it alone."""


class WaitTimeoutError(BgcopyError, TimeoutError):
    """The time to wait is over; nothing else happened."""


class TransferError(BgcopyError):
    """The job failed: raised by :func:`bgcopy.download` and its kin."""

    def __init__(
        self,
        hresult: int,
        context: int = ErrorContext.UNKNOWN,
        message: str | None = None,
        error: JobError | None = None,
    ) -> None:
        super().__init__(hresult, context, message)
        self.error = error
        """What stopped the job, and which of its files."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.hresult, self.context, self.message, self.error))


def error_of(hresult: int, context: int, message: str) -> BgcopyError:
    """The exception for the error of a call."""
    return _CLASSES.get(hresult, BgcopyError)(hresult, context, message)


_ERRNO: dict[int, int] = {
    HResult.E_FILE_NOT_FOUND: errno.ENOENT,
    HResult.E_PATH_NOT_FOUND: errno.ENOENT,
    HResult.E_TOO_MANY_OPEN_FILES: errno.EMFILE,
    HResult.E_ACCESSDENIED: errno.EACCES,
    HResult.E_SHARING_VIOLATION: errno.EBUSY,
    HResult.E_FILE_EXISTS: errno.EEXIST,
    HResult.E_DISK_FULL: errno.ENOSPC,
    HResult.E_FILE_TOO_LARGE: errno.EFBIG,
    HResult.E_DIRECTORY: errno.EISDIR,
    HResult.E_IO_DEVICE: errno.EIO,
    HResult.E_TIMEOUT: errno.ETIMEDOUT,
}

_CODES: dict[type[BgcopyError], list[HResult]] = {
    InvalidArgumentError: [
        HResult.E_INVALIDARG,
        HResult.E_INVALID_NAME,
        HResult.INET_E_INVALID_URL,
        HResult.BG_E_STRING_TOO_LONG,
        HResult.BG_E_PROXY_LIST_TOO_LARGE,
        HResult.BG_E_PROXY_BYPASS_LIST_TOO_LARGE,
        HResult.BG_E_USERNAME_TOO_LARGE,
        HResult.BG_E_PASSWORD_TOO_LARGE,
        HResult.BG_E_INVALID_RANGE,
        HResult.BG_E_TOO_MANY_RANGES_IN_FILE,
        HResult.BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE,
        HResult.DO_E_INVALID_RANGE,
        HResult.DO_E_OVERLAPPING_RANGES,
        HResult.BGCOPY_E_DUPLICATE_LOCAL_NAME,
    ],
    InvalidStateError: [
        HResult.DO_E_INVALID_STATE,
        HResult.DO_E_JOB_EMPTY,
        HResult.E_PENDING,
        HResult.BG_E_READ_ONLY_PROPERTY_AFTER_RESUME,
    ],
    ManagerClosedError: [HResult.BGCOPY_E_MANAGER_CLOSED, HResult.E_HANDLE],
    NotFoundError: [
        HResult.DO_E_FILE_NOT_AVAILABLE,
        HResult.DO_E_UNKNOWN_PROPERTY_ID,
        HResult.DO_E_ERROR_INFORMATION_UNAVAILABLE,
    ],
    JobNotFoundError: [HResult.DO_E_JOB_NOT_FOUND],
    NotSupportedError: [
        HResult.E_NOTIMPL,
        HResult.E_NOT_SUPPORTED,
        HResult.CO_E_NOT_SUPPORTED,
        HResult.BG_E_RANDOM_ACCESS_NOT_SUPPORTED,
        HResult.BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED,
    ],
    AccessDeniedError: [HResult.E_ACCESSDENIED],
    PathNotFoundError: [HResult.E_FILE_NOT_FOUND, HResult.E_PATH_NOT_FOUND],
    StorageError: [
        HResult.E_TOO_MANY_OPEN_FILES,
        HResult.E_FILE_EXISTS,
        HResult.E_DISK_FULL,
        HResult.E_FILE_TOO_LARGE,
        HResult.E_DIRECTORY,
        HResult.E_IO_DEVICE,
    ],
    StoreInUseError: [HResult.E_SHARING_VIOLATION],
    WaitTimeoutError: [HResult.E_TIMEOUT],
}

_CLASSES: dict[int, type[BgcopyError]] = {
    int(code): kind for kind, codes in _CODES.items() for code in codes
}
