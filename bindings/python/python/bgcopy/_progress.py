"""How progress is shown: by a bar of tqdm, or by any function."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TypeAlias

from .records import JobProgress

Report: TypeAlias = Callable[[JobProgress], object]


@contextlib.contextmanager
def reporting(progress: bool | Report, name: str) -> Iterator[Report | None]:
    """Whom to tell about progress, for as long as it goes on."""
    if progress is True:
        with bar(name) as report:
            yield report
    elif progress is False:
        yield None
    else:
        yield progress


@contextlib.contextmanager
def bar(name: str) -> Iterator[Report]:
    """A bar on standard error."""
    try:
        from tqdm import tqdm
    except ModuleNotFoundError as missing:
        raise ModuleNotFoundError(
            "a progress bar needs tqdm: pip install 'bgcopy[progress]'", name="tqdm"
        ) from missing
    with tqdm(desc=name, unit="B", unit_scale=True, unit_divisor=1024) as shown:

        def report(progress: JobProgress) -> None:
            shown.total = progress.bytes_total
            # A file that had to begin anew takes bytes back.
            shown.n = progress.bytes_transferred
            if progress.files_total > 1:
                shown.set_postfix_str(
                    f"{progress.files_transferred}/{progress.files_total} files", refresh=False
                )
            shown.refresh()

        yield report
