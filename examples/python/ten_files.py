"""Many files with one progress bar, all or none.

    python ten_files.py FOLDER URL...

The bar needs tqdm; without it, progress goes to a function of our own.
"""

import importlib.util
import sys

import bgcopy


def line(progress: bgcopy.JobProgress) -> None:
    """Tells how far it is in one line."""
    total = "?" if progress.bytes_total is None else progress.bytes_total
    print(
        f"{progress.files_transferred}/{progress.files_total} files, "
        f"{progress.bytes_transferred}/{total} bytes"
    )


def main(folder: str, *urls: str) -> int:
    """Downloads the files under numbered names."""
    targets = [(url, f"{number:02}-{url.rpartition('/')[2]}") for number, url in enumerate(urls)]
    shown = True if importlib.util.find_spec("tqdm") else line
    try:
        paths = bgcopy.download_many(targets, folder, progress=shown)
    except bgcopy.TransferError as error:
        which = "" if error.error is None or error.error.file is None else urls[error.error.file]
        print(f"{which}: {error}", file=sys.stderr)
        return 1
    print(f"{len(paths)} files in {folder}")
    return 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
