"""The commands that look at the queue or change it."""

from __future__ import annotations

import json
import os
import sys
import time
import uuid
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from . import _output as output
from ._bgcopy import Job, Manager, Reader
from ._targets import absolute, display_name
from ._transfer import SERVER_PATIENCE_S, wait_for_server
from ._vocab import HResult, JobPriority, JobState, JobType, WaitKind
from .errors import BgcopyError, JobNotFoundError, PathNotFoundError, StoreInUseError
from .records import FileSpec, JobRecord, JobSnapshot

TICK_S = 0.2
"""How often `run` looks at its jobs. An event of the queue comes first."""

SHARE_OF_LOOKING = 10
"""Looking at the jobs may take this part of the time, however many there are."""

GONE = (JobState.ACKNOWLEDGED, JobState.CANCELLED)
ENDS = (JobState.ERROR, *GONE)


class Failure(Exception):
    """A command ends early. The text is complete."""

    exit_code = 1


class UsageError(Failure):
    """The command cannot be understood."""

    exit_code = 2


class Interrupted(Failure):
    """The user stopped it; the text says how to go on."""

    exit_code = 130


def store_of(arguments: Namespace) -> Path:
    """The folder that was given, else the one the platform has for such
    things, as an absolute path.
    """
    given = arguments.store or os.environ.get("BGCOPY_STORE")
    return Path(absolute(given)) if given else default_store()


def default_store() -> Path:
    """The folder of the queue unless another is named."""
    state = os.environ.get("XDG_STATE_HOME", "")
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support/bgcopy"
    # A relative state folder does not count, as its specification says.
    return (Path(state) if os.path.isabs(state) else Path.home() / ".local/state") / "bgcopy"


def open_queue(store: Path) -> Manager:
    """Opens the queue, and says what the start found damaged."""
    try:
        manager = Manager(store)
    except StoreInUseError as error:
        raise Failure(
            f"{output.describe(error.hresult, error.message)}\n  another process has the store "
            f"{store} open: wait for it, or use another --store"
        ) from error
    damage = manager.damage
    if damage is not None:
        output.complain(
            f"bgcopy: the queue was damaged: {damage.message}\n  {damage.jobs_saved} jobs were "
            f"saved, {damage.jobs_lost} were lost; the damaged one is kept as {damage.kept_at}"
        )
    return manager


def add(arguments: Namespace) -> None:
    """Adds a job to the queue."""
    words = arguments.pairs
    if len(words) % 2:
        raise UsageError("each URL needs a file to go to")
    files = [
        FileSpec(url, absolute(file)) for url, file in zip(words[::2], words[1::2], strict=True)
    ]
    with open_queue(store_of(arguments)) as manager:
        job = manager.create_job(display_name(files))
        try:
            job.add_file_set(files)
            if arguments.priority is not None:
                job.priority = JobPriority[arguments.priority.upper()]
            job.resume()
        except BgcopyError:
            job.cancel()
            raise
        output.say(str(job.id))


def list_jobs(arguments: Namespace) -> None:
    """Lists the jobs of the queue."""
    reader = _reader(store_of(arguments))
    records = [] if reader is None else reader.jobs()
    if arguments.json:
        jobs = [output.job_json(one, reader.wait_reason(one.id)) for one in records if reader]
        output.say(json.dumps(jobs))
        return
    for record in records:
        percent = output.percent(record.progress)
        way = "down" if record.job_type is JobType.DOWNLOAD else "up"
        owed = "  (cancelling on the server)" if record.state in GONE else ""
        output.say(
            f"{record.id}  {record.state.name:<15}  {way:<4}  {percent:>4}"
            f"  {record.display_name}{owed}"
        )


def show(arguments: Namespace) -> None:
    """Shows all about one job."""
    reader, record = _look_up(arguments)
    reason, files = reader.wait_reason(record.id), reader.files(record.id)
    if arguments.json:
        job = output.job_json(record, reason)
        output.say(json.dumps({**job, "files": [output.file_json(file) for file in files]}))
        return
    progress = record.progress
    here, total = output.size(progress.bytes_transferred), output.size(progress.bytes_total)
    lines = [
        f"id        {record.id}",
        f"name      {record.display_name}",
        f"state     {record.state.name}: {output.standstill(reason)}",
        f"priority  {record.priority.name}",
        f"bytes     {here} of {total} {output.percent(progress)}",
        f"files     {progress.files_transferred} of {progress.files_total}",
    ]
    if record.error is not None:
        lines.append(f"error     {output.describe(record.error.code, record.error.message)}")
    for file in files:
        here, total = output.size(file.bytes_transferred), output.size(file.bytes_total)
        lines += [f"\n  {file.local_name}", f"  from {file.remote_name}", f"  {here} of {total}"]
    output.say("\n".join(lines))


def why(arguments: Namespace) -> None:
    """Says why a job does not move."""
    reader, record = _look_up(arguments)
    reason = reader.wait_reason(record.id)
    if arguments.json:
        told = {"id": str(record.id), "state": record.state.name}
        output.say(json.dumps({**told, "wait_reason": output.reason_json(reason)}))
        return
    output.say(f"{reason.kind.name}: {output.standstill(reason)}")
    output.say(f"  what helps: {reason.unblock}")


def suspend(arguments: Namespace) -> None:
    """Stops the transfer of jobs."""
    _for_each(arguments, "suspended", Job.suspend)


def resume(arguments: Namespace) -> None:
    """Makes jobs ready to be transferred."""
    _for_each(arguments, "resumed: `bgcopy run` transfers it", Job.resume)


def complete(arguments: Namespace) -> None:
    """Puts the files of jobs in place."""
    _for_each(arguments, "completed", Job.complete)


def cancel(arguments: Namespace) -> None:
    """Takes jobs out of the queue."""
    _for_each(arguments, "cancelled", _cancel)


def _cancel(job: Job) -> HResult:
    result = job.cancel()
    if not wait_for_server([job], SERVER_PATIENCE_S):
        output.say(f"{job.id} is still to be cancelled on the server: `bgcopy run` does it")
    return result


def run(arguments: Namespace) -> None:
    """Transfers the queue until nothing in it can move any more."""
    store = store_of(arguments)
    with open_queue(store) as manager:
        watched = _watched(store, manager, arguments.ids)
        seen: dict[uuid.UUID, JobState] = {}
        failures = owed = 0
        try:
            while True:
                began = time.monotonic()
                for job in list(watched.values()):
                    snapshot = job.snapshot()
                    state = snapshot.record.state
                    if seen.get(job.id) is not state:
                        seen[job.id] = state
                        output.say(_line(snapshot))
                    if not _can_move(snapshot):
                        failures += not _end(job, state, arguments.complete)
                        del watched[job.id]
                # Cancelled uploads have no handles any more.
                owed = 0 if arguments.ids else _owed(store)
                if not watched and not owed:
                    break
                looked = time.monotonic() - began
                manager.next_event(max(TICK_S, looked * SHARE_OF_LOOKING))
        except KeyboardInterrupt:
            raise Interrupted(f"{len(watched) + owed} unfinished; `bgcopy run` goes on.") from None
    if failures:
        raise Failure("a job failed" if failures == 1 else f"{failures} jobs failed")


def _owed(store: Path) -> int:
    """How many servers are still to be told that a job is cancelled."""
    reader = _reader(store)
    return 0 if reader is None else sum(record.state in GONE for record in reader.jobs())


def _watched(store: Path, manager: Manager, typed: list[str]) -> dict[uuid.UUID, Job]:
    if typed:
        return {id: manager.get_job(id) for id in _resolve(store, typed)}
    return {job.id: job for job in manager}


def _can_move(snapshot: JobSnapshot) -> bool:
    state = snapshot.record.state
    if state in (JobState.SUSPENDED, JobState.TRANSFERRED):
        return snapshot.record.closing
    return state not in ENDS


def _end(job: Job, state: JobState, wants_complete: bool) -> bool:
    """Completes a finished job if that is wanted; false if the job failed."""
    try:
        if state is JobState.TRANSFERRED and wants_complete:
            output.say(f"{job.id} completed{_remark(job.complete())}")
        if state is JobState.ERROR:
            error = job.error()
            output.complain(f"bgcopy: {job.id}: {output.describe(error.code, error.message)}")
    except BgcopyError as error:
        output.complain(f"bgcopy: {job.id}: {output.describe(error.hresult, error.message)}")
        return False
    return state is not JobState.ERROR


def _line(snapshot: JobSnapshot) -> str:
    record = snapshot.record
    failed = record.state in (JobState.TRANSIENT_ERROR, JobState.ERROR)
    rest = output.standstill(snapshot.wait_reason) if failed else record.display_name
    return f"{record.id} {record.state.name} {rest}"


def _remark(result: HResult | None) -> str:
    return "" if result in (None, HResult.S_OK) else f"; {output.describe(HResult(result), '')}"


def _for_each(arguments: Namespace, done: str, act: Callable[[Job], HResult | None]) -> None:
    """Does the same to several jobs. What fails for one of them does not keep
    the others from it.
    """
    store = store_of(arguments)
    ids, failures = _resolve(store, arguments.ids), []
    with open_queue(store) as manager:
        for id in ids:
            try:
                output.say(f"{id} {done}{_remark(act(manager.get_job(id)))}")
            except BgcopyError as error:
                failures.append(f"{id}: {output.describe(error.hresult, error.message)}")
    if failures:
        raise Failure("\nbgcopy: ".join(failures))


def _reader(store: Path) -> Reader | None:
    """A view of the queue; None if there is no queue yet."""
    try:
        return Reader(store)
    except PathNotFoundError:
        return None


def _look_up(arguments: Namespace) -> tuple[Reader, JobRecord]:
    store = store_of(arguments)
    reader = _reader(store)
    if reader is None:
        raise _missing(arguments.id)
    record = reader.job(_resolve(store, [arguments.id])[0])
    if record.state in GONE and reader.wait_reason(record.id).kind is WaitKind.FINISHED:
        raise _missing(arguments.id)
    return reader, record


def _resolve(store: Path, typed: list[str]) -> list[uuid.UUID]:
    """The ids that were typed, whole or by a beginning that no other has."""
    reader = _reader(store)
    known = [] if reader is None else [str(record.id) for record in reader.jobs()]
    return [_resolve_one(known, text) for text in typed]


def _resolve_one(known: list[str], text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        found = [id for id in known if text and id.startswith(text.lower())]
    if len(found) > 1:
        raise Failure(f"several jobs begin with {text}")
    if not found:
        raise _missing(text)
    return uuid.UUID(found[0])


def _missing(text: str) -> JobNotFoundError:
    return JobNotFoundError(HResult.DO_E_JOB_NOT_FOUND, message=f"no job {text} in the queue")
