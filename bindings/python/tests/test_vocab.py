"""The words and their numbers."""

from __future__ import annotations

import json
import pickle

import pytest

import bgcopy
from bgcopy import HResult, JobState, NotifyFlags


def test_published_numbers() -> None:
    assert [state.value for state in JobState] == list(range(9))
    assert int(JobState.CANCELLED) == 8
    assert int(HResult.DO_E_INVALID_STATE) == 0x80D02013
    assert HResult.E_INVALIDARG.is_failure
    assert not HResult.BG_S_PARTIAL_COMPLETE.is_failure


def test_any_number_is_a_code() -> None:
    unknown = HResult(0x81234567)
    assert (unknown.name, str(unknown)) == ("0x81234567", "0x81234567")
    assert HResult(-2147024809) is HResult.E_INVALIDARG, "as signed systems write it"
    assert HResult(0x80190000 + 404) == HResult.BG_E_HTTP_ERROR_404
    assert HResult(0x80190000 + 418).http_status == 418
    for wrong in (1 << 32, -(1 << 31) - 1):
        with pytest.raises(ValueError, match="not a valid"):
            HResult(wrong)


def test_codes_have_a_text() -> None:
    assert all(code.text for code in HResult)
    assert str(HResult.E_INVALIDARG) == "0x80070057 E_INVALIDARG"


def test_everything_exported_is_there() -> None:
    assert all(hasattr(bgcopy, name) for name in bgcopy.__all__)
    assert bgcopy.__all__ == sorted(bgcopy.__all__)


def test_words_can_be_pickled() -> None:
    for word in (JobState.ERROR, HResult.E_INVALIDARG):
        assert pickle.loads(pickle.dumps(word)) is word


def test_words_are_printed_as_their_names() -> None:
    assert str(JobState.SUSPENDED) == f"{JobState.SUSPENDED}" == "SUSPENDED"
    assert f"{JobState.SUSPENDED:>10}|{JobState.SUSPENDED:d}" == " SUSPENDED|3"
    assert repr(JobState.SUSPENDED) == "<JobState.SUSPENDED: 3>"
    assert json.dumps(JobState.SUSPENDED) == "3"
    assert int(JobState.SUSPENDED) == 3
    both = NotifyFlags.JOB_TRANSFERRED | NotifyFlags.DISABLE
    assert str(both) == "JOB_TRANSFERRED|DISABLE"
    assert str(NotifyFlags(0)) in ("0x0", *NotifyFlags.__members__)
    assert repr(HResult.E_NOT_SUPPORTED) == "<HResult.E_NOT_SUPPORTED: 0x80070032>"
    assert f"{HResult.E_NOT_SUPPORTED:#x}" == "0x80070032"
