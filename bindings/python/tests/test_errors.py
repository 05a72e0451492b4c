"""The exceptions."""

from __future__ import annotations

import errno
import pickle

import pytest

import bgcopy
from bgcopy import BgcopyError, ErrorContext, HResult
from bgcopy.errors import error_of


@pytest.mark.parametrize(
    ("code", "kind", "builtin"),
    [
        (HResult.E_INVALIDARG, bgcopy.InvalidArgumentError, ValueError),
        (HResult.DO_E_INVALID_STATE, bgcopy.InvalidStateError, BgcopyError),
        (HResult.BGCOPY_E_MANAGER_CLOSED, bgcopy.ManagerClosedError, bgcopy.InvalidStateError),
        (HResult.DO_E_JOB_NOT_FOUND, bgcopy.JobNotFoundError, LookupError),
        (HResult.E_NOTIMPL, bgcopy.NotSupportedError, NotImplementedError),
        (HResult.E_ACCESSDENIED, bgcopy.AccessDeniedError, PermissionError),
        (HResult.E_PATH_NOT_FOUND, bgcopy.PathNotFoundError, FileNotFoundError),
        (HResult.E_DISK_FULL, bgcopy.StorageError, OSError),
        (HResult.E_FILE_TOO_LARGE, bgcopy.StorageError, OSError),
        (HResult.E_SHARING_VIOLATION, bgcopy.StoreInUseError, OSError),
        (HResult.E_TIMEOUT, bgcopy.WaitTimeoutError, TimeoutError),
        (HResult.BG_E_HTTP_ERROR_404, BgcopyError, BgcopyError),
    ],
)
def test_class_follows_the_code(code: HResult, kind: type, builtin: type) -> None:
    error = error_of(code, ErrorContext.LOCAL_FILE, "what happened")
    assert type(error) is kind
    assert isinstance(error, (BgcopyError, builtin))
    assert isinstance(error, builtin)
    assert (error.hresult, error.context) == (code, ErrorContext.LOCAL_FILE)
    assert error.message == "what happened"
    assert str(error) == f"what happened ({code})"
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.args) == (kind, error.args)


def test_system_errors_have_an_errno() -> None:
    error = error_of(HResult.E_DISK_FULL, ErrorContext.LOCAL_FILE, "full")
    assert isinstance(error, OSError)
    assert (error.errno, error.strerror) == (errno.ENOSPC, "full")


def test_message_is_the_text_of_the_code_unless_given() -> None:
    assert BgcopyError(HResult.E_INVALIDARG).message == HResult.E_INVALIDARG.text
    assert BgcopyError(0x80D02013).hresult is HResult.DO_E_INVALID_STATE
