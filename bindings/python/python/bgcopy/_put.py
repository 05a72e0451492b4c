"""The command `put`: files are sent in the foreground, one job for each."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from . import _output as output
from ._bgcopy import Job, Manager
from ._commands import Failure, Interrupted, UsageError, open_queue, store_of
from ._display import Display, command_line
from ._targets import absolute
from ._transfer import Wishes
from ._upload import TOGETHER_MAX, complete, is_for_many, start, suspend
from ._vocab import JobPriority, JobState, UploadProtocol
from .records import FileSpec


def put(arguments: Namespace) -> None:
    """Sends files in the foreground."""
    protocol = UploadProtocol[arguments.protocol.upper()]
    files = _files(arguments.words, protocol)
    priority = JobPriority[(arguments.priority or "foreground").upper()]
    wishes = Wishes(None, None, priority, None)
    display = Display(arguments)
    store = store_of(arguments)
    with open_queue(store) as manager:
        jobs = start(manager, files, protocol, None, wishes)
        try:
            failures = _send(manager, jobs, display, store)
        except KeyboardInterrupt:
            suspend(jobs)
            text = f"The jobs of {len(jobs)} files are suspended; go on with:\n  {command_line()}"
            raise Interrupted(text) from None
    if failures:
        raise Failure("a file was not sent" if failures == 1 else f"{failures} files were not sent")


def _send(manager: Manager, jobs: Sequence[Job], display: Display, store: Path) -> int:
    """Follows jobs to their end and acknowledges them; says how many failed."""
    failures = 0
    sent: list[Job] = []
    for job in jobs:
        # Nobody waits for a file to hear of those before it.
        if len(sent) == TOGETHER_MAX or job.state is not JobState.TRANSFERRED:
            _acknowledge(manager, sent, display)
            sent.clear()
        if display.watch(job) is JobState.TRANSFERRED:
            sent.append(job)
            continue
        error = display.failure(job, store)
        output.complain(f"bgcopy: {output.describe(error.hresult, error.message)}")
        failures += 1
    _acknowledge(manager, sent, display)
    return failures


def _acknowledge(manager: Manager, jobs: Sequence[Job], display: Display) -> None:
    complete(manager, jobs)
    for job in jobs:
        file = job.file(0)
        count, name = job.progress.bytes_transferred, os.fspath(file.local_name)
        text = f"Sent {name} to {file.remote_name}"
        display.note("done", job, text, bytes_transferred=count, files=[name])


def _files(words: Sequence[str], protocol: UploadProtocol) -> list[FileSpec]:
    """The files, all with the URL; where it ends in a slash each gets its own
    name below it, if the server does not name files itself.
    """
    *names, url = words
    if not names:
        raise UsageError("a file and a URL to send it to are needed")
    if len(names) > 1 and not is_for_many(url, protocol):
        raise UsageError("several files go to a URL that ends in a slash")
    return [FileSpec(url, absolute(name)) for name in names]
