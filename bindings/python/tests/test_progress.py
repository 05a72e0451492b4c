"""Bars of progress."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import LENGTH, Server, python

import bgcopy
from bgcopy import JobProgress, _progress, download, download_many, upload


def test_rich(server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    download(server.url(1), tmp_path / "a [red]name", progress="rich")
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "a [red]name" in shown.err, "a name is no markup"
    assert "1.4/1.4 MiB" in shown.err
    upload(tmp_path / "a [red]name", f"{server.address}/up/rich", progress="rich")
    assert "a [red]name" in capsys.readouterr().err


def test_rich_of_many(server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    targets = [(server.url(n), f"{n}") for n in range(3)]
    download_many(targets, tmp_path, progress="rich")
    assert "3/3 files" in capsys.readouterr().err


def test_rich_is_told_of_a_restart() -> None:
    from rich.progress import Progress

    tasks = []
    made = Progress.add_task

    def add_task(self: Progress, *args: Any, **kwargs: Any) -> Any:
        task = made(self, *args, **kwargs)
        tasks.append(self.tasks[0])
        return task

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Progress, "add_task", add_task)
        with _progress.reporting("rich", "a") as report:
            assert report is not None
            [task] = tasks
            for total, done in ((None, 0), (100, 60), (100, 10), (100, 100)):
                report(JobProgress(total, done, 1, done == 100))
                assert (task.total, task.completed) == (total, done)


def test_tqdm_by_name(server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    download(server.url(1), tmp_path / "a", progress="tqdm")
    assert "a: 100%" in capsys.readouterr().err


@pytest.mark.parametrize("progress", ["Rich", "", 5, None])
def test_anything_else_is_refused(server: Server, tmp_path: Path, progress: Any) -> None:
    calls: list[Callable[[], object]] = [
        lambda: download(server.url(1), tmp_path / "new/a", progress=progress),
        lambda: upload(tmp_path / "none", f"{server.address}/up/none", progress=progress),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="progress is a bool"):
            call()
    assert list(tmp_path.iterdir()) == []


def test_pooch_shows_it(server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from bgcopy.pooch import Downloader

    Downloader(progressbar="rich")(server.url(1), tmp_path / "a", None)
    assert str(LENGTH) in capsys.readouterr().err


def test_without_rich(server: Server, tmp_path: Path) -> None:
    program = "import sys; sys.modules['rich'] = sys.modules['rich.console'] = None\n"
    program += "import bgcopy; bgcopy.download(sys.argv[1], sys.argv[2], progress='rich')"
    process = python(program, server.url(1), tmp_path / "a")
    _, err = process.communicate()
    assert "a progress bar of rich needs rich: pip install 'bgcopy[rich]'" in err
    assert not (tmp_path / "a").exists()


def test_nothing_is_imported_that_was_not_asked_for() -> None:
    program = "import bgcopy, sys; print([name for name in sys.modules if name.split('.')[0] in "
    program += "('rich', 'tqdm', 'trio', 'anyio', 'fsspec', 'pooch', 'huggingface_hub')])"
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert out.stdout == "[]\n", bgcopy.__file__
