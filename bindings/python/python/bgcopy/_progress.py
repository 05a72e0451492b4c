"""How progress is shown: by a bar of tqdm or rich, or by any function."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Literal, TypeAlias

from ._extras import missing
from ._vocab import HResult
from .errors import InvalidArgumentError
from .records import JobProgress

Report: TypeAlias = Callable[[JobProgress], object]
Progress: TypeAlias = bool | Literal["tqdm", "rich"] | Report
"""What callers say of it."""


@contextlib.contextmanager
def reporting(progress: Progress, name: str) -> Iterator[Report | None]:
    """Whom to tell about progress, for as long as it goes on."""
    if progress is False:
        yield None
    elif progress is True or progress == "tqdm":
        with bar(name) as report:
            yield report
    elif progress == "rich":
        with rich_bar(name) as report:
            yield report
    elif callable(progress):
        yield progress
    else:
        raise InvalidArgumentError(
            HResult.E_INVALIDARG,
            message=f"progress is a bool, 'tqdm', 'rich' or a function, not {progress!r}",
        )


@contextlib.contextmanager
def bar(name: str) -> Iterator[Report]:
    """A bar on standard error."""
    try:
        from tqdm import tqdm
    except ModuleNotFoundError as absent:
        raise missing("a progress bar", "tqdm", "progress") from absent
    with tqdm(desc=name, unit="B", unit_scale=True, unit_divisor=1024) as shown:

        def report(progress: JobProgress) -> None:
            shown.total = progress.bytes_total
            # A file that had to begin anew takes bytes back.
            shown.n = progress.bytes_transferred
            if progress.files_total > 1:
                shown.set_postfix_str(_files(progress), refresh=False)
            shown.refresh()

        yield report


@contextlib.contextmanager
def rich_bar(name: str) -> Iterator[Report]:
    """The same by rich, which other output of its console does not break."""
    try:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )
    except ModuleNotFoundError as absent:
        raise missing("a progress bar of rich", "rich", "rich") from absent
    columns = (
        # Names are no markup.
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(binary_units=True),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[files]}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True)) as shown:
        task = shown.add_task(name, total=None, files="")

        def report(progress: JobProgress) -> None:
            shown.update(
                task,
                total=progress.bytes_total,
                completed=progress.bytes_transferred,
                files=_files(progress) if progress.files_total > 1 else "",
            )

        yield report


def _files(progress: JobProgress) -> str:
    return f"{progress.files_transferred}/{progress.files_total} files"
