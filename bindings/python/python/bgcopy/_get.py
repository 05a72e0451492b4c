"""The command `get`: a job in the foreground."""

from __future__ import annotations

import json
import os
import shlex
import sys
import time
from argparse import Namespace
from pathlib import Path
from typing import Any

from . import _output as output
from ._bgcopy import Job
from ._commands import Interrupted, UsageError, default_store, open_queue, store_of
from ._download import Wishes, create, find
from ._progress import Report, bar
from ._targets import absolute, make_folders, name_in_url
from ._vocab import HResult, JobPriority, JobState
from .errors import TransferError, WaitTimeoutError
from .records import FileSpec, JobSnapshot

TICK_S = 0.1
"""How often the display changes."""

LINE_INTERVAL_S = 1.0
"""Lines that are not about a change come at most this often."""


def get(arguments: Namespace) -> None:
    """Downloads in the foreground."""
    files = _files(arguments)
    make_folders(files)
    hashes = {} if arguments.sha256 is None else {0: arguments.sha256}
    priority = JobPriority[(arguments.priority or "foreground").upper()]
    wishes = Wishes(hashes, None, None, priority, None)
    display = _Display(arguments)
    store = store_of(arguments)
    with open_queue(store) as manager:
        job = find(manager, files, wishes)
        if job is None:
            job = create(manager, files, wishes)
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
            command = shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])
            raise Interrupted(f"The job {job.id} is suspended; go on with:\n  {command}") from None
        _finish(job, state, files, display, store)


def _finish(
    job: Job, state: JobState, files: list[FileSpec], display: _Display, store: Path
) -> None:
    if state is JobState.ERROR:
        _fail(job, display, store)
    if state is JobState.TRANSFERRED:
        result = job.complete()
        if result is not HResult.S_OK:
            output.complain(f"bgcopy: {output.describe(result, '')}")
    names = [os.fspath(file.local_name) for file in files]
    here = job.progress.bytes_transferred
    saved = "\n".join(f"Saved {name}" for name in names)
    display.note("done", job, saved, bytes_transferred=here, files=names)


def _fail(job: Job, display: _Display, store: Path) -> None:
    """The job stays: its error may be one that goes away, and what is here of
    it need not be fetched again.
    """
    error = job.error()
    display.note("error", job, None, error=output.error_json(error))
    text = error.message
    if error.file is not None:
        file = job.file(error.file)
        text += f"\n  file: {file.local_name} from {file.remote_name}"
    option = "" if store == default_store() else f" --store {shlex.quote(str(store))}"
    text += (
        f"\n  The job stays in the queue: the same command tries again, `bgcopy why {job.id}"
        f"{option}` says more, `bgcopy cancel {job.id}{option}` removes it."
    )
    raise TransferError(error.code, error.context, text, error)


class _Display:
    """Says how far a job is: by a bar, in lines, in JSON, or not at all."""

    def __init__(self, arguments: Namespace) -> None:
        self._json: bool = arguments.json
        self._quiet: bool = arguments.quiet
        self._shown: tuple[object, float, int] = (None, 0.0, 0)

    def note(self, event: str, job: Job, text: str | None, **fields: Any) -> None:
        """Says that something happened."""
        if self._json:
            output.say(json.dumps({"event": event, "id": str(job.id), **fields}))
        elif text is not None and not self._quiet:
            output.say(text)

    def watch(self, job: Job) -> JobState:
        """Shows the job until it ends."""
        if self._quiet:
            return job.wait()
        if not self._json and sys.stderr.isatty():
            try:
                with bar(job.display_name) as report:
                    return self._follow(job, report)
            except ModuleNotFoundError:
                pass
        return self._follow(job, None)

    def _follow(self, job: Job, report: Report | None) -> JobState:
        while True:
            try:
                state = job.wait(timeout=TICK_S)
            except WaitTimeoutError:
                state = None
            snapshot = job.snapshot()
            if report is not None:
                report(snapshot.record.progress)
            elif self._is_due(snapshot):
                as_json = self._json
                output.say(
                    json.dumps(output.progress_json(snapshot))
                    if as_json
                    else output.doing(snapshot)
                )
            if state is not None:
                return state

    def _is_due(self, snapshot: JobSnapshot) -> bool:
        """True at each change of what the job is doing, and now and then
        while bytes come in.
        """
        reason, here = snapshot.wait_reason, snapshot.record.progress.bytes_transferred
        doing, at, bytes_then = self._shown
        now = time.monotonic()
        changed = doing != (reason.kind, reason.since)
        if changed or (here != bytes_then and now - at >= LINE_INTERVAL_S):
            self._shown = ((reason.kind, reason.since), now, here)
            return True
        return False


def _files(arguments: Namespace) -> list[FileSpec]:
    if arguments.output is not None:
        if len(arguments.urls) != 1 or arguments.list or arguments.directory:
            raise UsageError("--output is for a single URL; use --directory")
        return [FileSpec(arguments.urls[0], absolute(arguments.output))]
    folder = Path(absolute(arguments.directory or "."))
    files = [FileSpec(url, str(folder / name_in_url(url))) for url in arguments.urls]
    if arguments.list is not None:
        listed = (_file_of_line(line, folder) for line in _lines(arguments.list))
        files += [file for file in listed if file is not None]
    if not files:
        raise UsageError("no URL is given")
    if arguments.sha256 is not None and len(files) > 1:
        raise UsageError("--sha256 is for a single URL")
    return files


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
