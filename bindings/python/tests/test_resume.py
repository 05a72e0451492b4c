"""The lock of downloads that are kept beside their targets."""

from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from conftest import PATIENCE_S

from bgcopy._resume import locked


@pytest.fixture
def lock(tmp_path: Path) -> str:
    return str(tmp_path / "folder" / "lock")


def test_one_has_it(lock: str) -> None:
    with locked(lock, waits=False) as first, locked(lock, waits=False) as second:
        assert (first, second) == (True, False)
    with locked(lock, waits=False) as again:
        assert again
    assert not os.path.exists(os.path.dirname(lock))


def test_a_folder_that_has_more_stays(lock: str) -> None:
    with locked(lock, waits=False):
        Path(lock).with_name("more").touch()
    assert os.listdir(os.path.dirname(lock)) == ["more"]


def test_who_waits_gets_it(lock: str) -> None:
    order: list[int] = []

    def work() -> None:
        with locked(lock, waits=True) as held:
            assert held
            order.append(2)

    waiting = threading.Thread(target=work)
    with locked(lock, waits=True):
        waiting.start()
        waiting.join(0.05)
        order.append(1)
    waiting.join(PATIENCE_S)
    assert order == [1, 2]


def test_a_lock_that_was_removed_is_none(lock: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = fcntl.flock
    calls: list[int] = []

    def flock(descriptor: int, operation: int) -> None:
        calls.append(descriptor)
        if len(calls) == 1:
            os.unlink(lock)
        real(descriptor, operation)

    monkeypatch.setattr("fcntl.flock", flock)
    with locked(lock, waits=False) as held:
        assert held
        assert len(calls) == 2
        assert os.path.exists(lock)
        with locked(lock, waits=False) as second:
            assert not second


def test_a_folder_that_goes_meanwhile_is_made_again(
    lock: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open
    calls: list[str] = []

    def open_(path: str, *rest: Any) -> int:
        calls.append(path)
        if len(calls) == 1:
            os.rmdir(os.path.dirname(lock))
        return real(path, *rest)

    monkeypatch.setattr("os.open", open_)
    with locked(lock, waits=False) as held:
        assert held
    assert calls == [lock, lock]


def test_a_folder_that_goes_while_it_is_made_is_made_again(
    lock: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.makedirs
    calls: list[str] = []

    def makedirs(path: str, *rest: Any, **named: Any) -> None:
        calls.append(path)
        if len(calls) == 1:
            # What it raises if the folder is there at first and then is not.
            raise FileExistsError(path)
        real(path, *rest, **named)

    monkeypatch.setattr("os.makedirs", makedirs)
    with locked(lock, waits=False) as held:
        assert held
    assert len(calls) == 2


def test_a_file_in_place_of_the_folder_is_an_error(lock: str) -> None:
    Path(lock).parent.touch()
    with pytest.raises(FileExistsError), locked(lock, waits=False):
        pass
