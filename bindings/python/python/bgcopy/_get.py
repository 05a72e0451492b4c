"""The command `get`: downloads in the foreground, as one job."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from . import _output as output
from ._bgcopy import Job
from ._commands import Interrupted, UsageError, open_queue, store_of
from ._display import Display, command_line
from ._download import create, expected, find
from ._targets import absolute, key, make_folders, name_in_url
from ._transfer import Wishes
from ._vocab import HResult, JobPriority, JobState
from .records import FileSpec


def get(arguments: Namespace) -> None:
    """Downloads in the foreground."""
    files = _files(arguments)
    make_folders(files)
    priority = JobPriority[(arguments.priority or "foreground").upper()]
    wishes = Wishes(None, None, priority, None)
    display = Display(arguments)
    store = store_of(arguments)
    with open_queue(store) as manager:
        own = key(files)
        job = find(manager, files, wishes, own)
        if job is None:
            job = create(manager, files, wishes, own)
            display.note("created", job, f"Job {job.id}")
        else:
            here = job.progress.bytes_transferred
            text = f"Taking up job {job.id}, of which {output.size(here)} are here"
            display.note("taken_up", job, text, bytes_transferred=here)
        try:
            state = display.watch(job)
        except KeyboardInterrupt:
            job.suspend()
            display.note("suspended", job, None)
            text = f"The job {job.id} is suspended; go on with:\n  {command_line()}"
            raise Interrupted(text) from None
        _finish(job, state, files, display, store)


def _finish(
    job: Job, state: JobState, files: list[FileSpec], display: Display, store: Path
) -> None:
    if state is JobState.ERROR:
        raise display.failure(job, store)
    if state is JobState.TRANSFERRED:
        result = job.complete()
        if result is not HResult.S_OK:
            output.complain(f"bgcopy: {output.describe(result, '')}")
    names = [os.fspath(file.local_name) for file in files]
    here = job.progress.bytes_transferred
    saved = "\n".join(f"Saved {name}" for name in names)
    display.note("done", job, saved, bytes_transferred=here, files=names)


def _files(arguments: Namespace) -> list[FileSpec]:
    if arguments.output is not None:
        if len(arguments.urls) != 1 or arguments.list or arguments.directory:
            raise UsageError("--output is for a single URL; use --directory")
        hash = expected(arguments.sha256)
        return [FileSpec(arguments.urls[0], absolute(arguments.output), expected_hash=hash)]
    folder = Path(absolute(arguments.directory or "."))
    files = [FileSpec(url, str(folder / name_in_url(url))) for url in arguments.urls]
    if arguments.list is not None:
        listed = (_file_of_line(line, folder) for line in _lines(arguments.list))
        files += [file for file in listed if file is not None]
    if not files:
        raise UsageError("no URL is given")
    if arguments.sha256 is not None and len(files) > 1:
        raise UsageError("--sha256 is for a single URL")
    return [replace(file, expected_hash=expected(arguments.sha256)) for file in files]


def _lines(name: str) -> list[str]:
    text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    return text.splitlines()


def _file_of_line(line: str, folder: Path) -> FileSpec | None:
    url, _, name = (part.strip() for part in line.partition("\t"))
    if not url:
        return None
    # Lists come from other people: none of their names leads out of the folder.
    path = Path(name) if name else Path(name_in_url(url))
    if path.is_absolute() or ".." in path.parts:
        raise UsageError(f"the name leads out of the folder: {name}")
    return FileSpec(url, str(folder / path))
