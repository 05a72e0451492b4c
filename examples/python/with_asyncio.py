"""Downloads beside other work in one asyncio loop.

    python with_asyncio.py FOLDER URL...

Each file is a job of its own; what arrives first is in place first.
"""

import asyncio
import sys
from pathlib import Path

import bgcopy


async def fetch(manager: bgcopy.Manager, url: str, path: Path) -> str:
    """One download, from its job to its file."""
    job = manager.create_job(path.name)
    job.add_file(url, path)
    job.resume()
    try:
        if await job.wait_async(timeout=600) is bgcopy.JobState.TRANSFERRED:
            job.complete()
            return f"{path.name}: {job.progress.bytes_transferred} bytes"
        return f"{path.name}: {job.error().message}"
    finally:
        # Also when the task is cancelled: nothing is left behind.
        if job.state not in (bgcopy.JobState.ACKNOWLEDGED, bgcopy.JobState.CANCELLED):
            job.cancel()


async def show_life() -> None:
    """The other work."""
    while True:
        await asyncio.sleep(0.1)
        print(".", end="", flush=True)


async def main(folder: Path, urls: list[str]) -> int:
    """Downloads all, and tells of each as it ends."""
    folder.mkdir(parents=True, exist_ok=True)
    life = asyncio.create_task(show_life())
    with bgcopy.Manager(folder / ".store") as manager:
        targets = [folder.absolute() / f"{number:02}" for number in range(len(urls))]
        fetches = [fetch(manager, url, path) for url, path in zip(urls, targets, strict=True)]
        for done in asyncio.as_completed(fetches):
            print(await done)
    life.cancel()
    return 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(asyncio.run(main(Path(sys.argv[1]), sys.argv[2:])))
