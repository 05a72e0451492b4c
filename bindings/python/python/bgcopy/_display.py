"""What the commands that transfer in the foreground show."""

from __future__ import annotations

import json
import shlex
import sys
import time
from argparse import Namespace
from pathlib import Path
from typing import Any

from . import _output as output
from ._bgcopy import Job
from ._commands import default_store
from ._progress import Report, bar
from ._vocab import JobState
from .errors import TransferError, WaitTimeoutError
from .records import JobSnapshot

TICK_S = 0.1
"""How often the display changes."""

LINE_INTERVAL_S = 1.0
"""Lines that are not about a change come at most this often."""


def command_line() -> str:
    """This very command, as a shell would take it."""
    return shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])


class Display:
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

    def failure(self, job: Job, store: Path) -> TransferError:
        """Why a job failed. It stays: its error may be one that goes away, and
        what is transferred of it need not be transferred again.
        """
        error = job.error()
        self.note("error", job, None, error=output.error_json(error))
        text = error.message
        if error.file is not None:
            file = job.file(error.file)
            text += f"\n  file: {file.local_name} from {file.remote_name}"
        option = "" if store == default_store() else f" --store {shlex.quote(str(store))}"
        text += (
            f"\n  The job stays in the queue: the same command tries again, `bgcopy why {job.id}"
            f"{option}` says more, `bgcopy cancel {job.id}{option}` removes it."
        )
        return TransferError(error.code, error.context, text, error)

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
