"""The small program: a durable download that a second run takes up.

    python small.py URL FILE [STORE]

Kill it whenever you like and start it again: it goes on where it was.
"""

import sys
from pathlib import Path

import bgcopy


def find_or_make(manager: bgcopy.Manager, url: str, path: Path) -> bgcopy.Job:
    """The job of an earlier run, else a new one."""
    for job in manager:
        if job.display_name == path.name:
            return job
    job = manager.create_job(path.name)
    job.add_file(url, path)
    return job


def main(url: str, file: str, store: str = "small.store") -> int:
    """Downloads the file and puts it in place."""
    path = Path(file).absolute()
    with bgcopy.Manager(store) as manager:
        job = find_or_make(manager, url, path)
        if job.state is not bgcopy.JobState.TRANSFERRED:
            job.resume()
        if job.wait() is bgcopy.JobState.ERROR:
            error = job.error()
            print(f"{error.code}: {error.message}", file=sys.stderr)
            print(f"what helps: {job.wait_reason.unblock}", file=sys.stderr)
            job.cancel()
            return 1
        job.complete()
        print(f"{path}: {job.progress.bytes_transferred} bytes")
    return 0


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
