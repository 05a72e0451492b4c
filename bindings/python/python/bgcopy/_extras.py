"""What the adapters for other packages have in common."""

from __future__ import annotations

import errno

from ._vocab import HResult
from .errors import _ERRNO, BgcopyError

_NOT_THERE = (404, 410)
_NOT_ALLOWED = (401, 403, 407)


def missing(user: str, package: str, extra: str) -> ModuleNotFoundError:
    """What is raised where a package that an extra brings is not installed."""
    return ModuleNotFoundError(
        f"{user} needs {package}: pip install 'bgcopy[{extra}]'", name=package
    )


def as_os_error(error: BgcopyError, url: str) -> Exception:
    """What Python calls an error of a transfer."""
    if isinstance(error, OSError | ValueError | NotImplementedError):
        return error
    status = error.hresult.http_status
    text = str(error)
    if status in _NOT_THERE:
        return FileNotFoundError(errno.ENOENT, text, url)
    if status in _NOT_ALLOWED:
        return PermissionError(errno.EACCES, text, url)
    if error.hresult == HResult.DO_E_DOWNLOAD_NO_PROGRESS:
        return TimeoutError(errno.ETIMEDOUT, text, url)
    return OSError(_ERRNO.get(error.hresult, errno.EIO), text, url)
