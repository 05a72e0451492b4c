"""The commands of `bgcopy`, without the program."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version

from . import _commands as commands
from . import _output as output
from ._get import get
from ._put import put
from ._vocab import UploadProtocol
from .errors import BgcopyError

EXIT_CODES = "Exit codes: 0 done, 1 failed (the code is on stderr), 2 wrong usage, 130 interrupted."
PRIORITIES = ["foreground", "high", "normal", "low"]


def sha256_digest(text: str) -> str:
    """Takes a SHA-256."""
    if not re.fullmatch("[0-9a-fA-F]{64}", text):
        raise argparse.ArgumentTypeError("a SHA-256 has 64 hexadecimal digits")
    return text.lower()


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(
        prog="bgcopy",
        description="Background downloads and uploads that survive the end of the process and of "
        "the machine.",
        epilog=EXIT_CODES,
    )
    made.add_argument("--version", action="version", version=f"bgcopy {version('bgcopy')}")
    store = "the folder of the queue [default: bgcopy in the platform's state folder]"
    made.add_argument("--store", metavar="DIR", help=store)
    # The option is as good behind the command as before it.
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--store", metavar="DIR", help=store, default=argparse.SUPPRESS)
    found = made.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, text: str, act: Callable[..., None]) -> argparse.ArgumentParser:
        one = found.add_parser(
            name, help=text, description=text, epilog=EXIT_CODES, parents=[common]
        )
        one.set_defaults(act=act)
        return one

    _get_options(command("get", "download in the foreground", get))
    _put_options(command("put", "send files in the foreground, one job for each", put))
    add = command("add", "add a job to the queue and print its id", commands.add)
    add.add_argument("pairs", nargs="+", metavar="URL FILE")
    add.add_argument("--priority", choices=PRIORITIES)
    listed = command("list", "list the jobs of the queue", commands.list_jobs)
    listed.add_argument("--json", action="store_true", help="print a JSON array")
    for name, text, act in (
        ("show", "show all about one job and its files", commands.show),
        ("why", "say why a job does not move and what would get it moving", commands.why),
    ):
        one = command(name, text, act)
        one.add_argument("id", metavar="ID", help="the job: its id, or a beginning of it")
        one.add_argument("--json", action="store_true", help="print a JSON object")
    run = command("run", "transfer the queue until nothing in it can move any more", commands.run)
    run.add_argument("ids", nargs="*", metavar="ID", help="the jobs to wait for; none: all")
    run.add_argument("--complete", action="store_true", help="complete transferred jobs")
    for name, text, act in (
        ("suspend", "stop the transfer of jobs; what is here stays", commands.suspend),
        ("resume", "make jobs ready to be transferred by `run`", commands.resume),
        ("complete", "put the finished files of jobs in place", commands.complete),
        ("cancel", "take jobs out of the queue, with their unfinished files", commands.cancel),
    ):
        command(name, text, act).add_argument("ids", nargs="+", metavar="ID")
    return made


def _get_options(get: argparse.ArgumentParser) -> None:
    get.add_argument("urls", nargs="*", metavar="URL", help="http, https or file")
    get.add_argument("-o", "--output", metavar="FILE", help="where a single URL goes")
    get.add_argument("-d", "--directory", metavar="DIR", help="the folder to download to")
    get.add_argument(
        "-i",
        "--input",
        dest="list",
        metavar="LIST",
        help="a file with one URL a line, each with a tab and a name if wanted; - is stdin",
    )
    get.add_argument(
        "--sha256", metavar="HEX", type=sha256_digest, help="what a single file must have"
    )
    _common_options(get)


def _put_options(put: argparse.ArgumentParser) -> None:
    put.add_argument(
        "words",
        nargs="+",
        metavar="FILE... URL",
        help="the files, and the URL that they go to: with a slash at its end, each goes below it "
        "under its own name, unless the server names files itself, as by tus and POST",
    )
    put.add_argument(
        "--protocol",
        choices=[protocol.name.lower() for protocol in UploadProtocol],
        default="auto",
        help="how the server takes files [default: it is asked]",
    )
    _common_options(put)


def _common_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--priority", choices=PRIORITIES)
    how = command.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="print one JSON object a line")
    how.add_argument("-q", "--quiet", action="store_true", help="print nothing but errors")


def main(arguments: Sequence[str] | None = None) -> int:
    """Does what the command line says, and returns the exit code."""
    parsed = parser().parse_args(arguments)
    try:
        parsed.act(parsed)
    except commands.Interrupted as stopped:
        output.complain(str(stopped))
        return stopped.exit_code
    except commands.Failure as failure:
        see = "\nSee `bgcopy --help`." if isinstance(failure, commands.UsageError) else ""
        output.complain(f"bgcopy: {failure}{see}")
        return failure.exit_code
    except BgcopyError as error:
        output.complain(f"bgcopy: {output.describe(error.hresult, error.message)}")
        return 1
    except KeyboardInterrupt:
        output.complain("bgcopy: interrupted")
        return commands.Interrupted.exit_code
    except BrokenPipeError:
        # Whoever read our output is gone; so is what would be flushed.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        output.complain(f"bgcopy: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
