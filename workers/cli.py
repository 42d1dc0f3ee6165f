"""The `newswire` command: its commands, its exit codes, its one-line errors.

Exit codes: 0 done, 1 failed (one line: what, which, why, what to do), 2 wrong usage.
"""

from __future__ import annotations

import errno
import os
import sys

import click

from pipeline.adapters.store_errors import STORE_LOST
from pipeline.errors import NewswireError, StoreUnreachable
from workers import (
    cli_dead,
    cli_feed_views,
    cli_feeds,
    cli_read,
    cli_reprocess,
    cli_run,
    cli_simulate,
    cli_watch,
    interrupted,
)
from workers.cli_extract import extract

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: newswire run https://www.lemonde.fr/rss/une.xml",
)
@click.version_option(package_name="newswire")
def newswire() -> None:
    """Follow news feeds: every article once, clean and in order, on a Redis stream."""


for _command in (
    cli_run.run,
    cli_run.daemon,
    cli_run.worker,
    cli_run.demo,
    cli_read.poll,
    cli_read.parse,
    extract,
    cli_simulate.simulate,
    cli_watch.tail,
    cli_watch.status,
    cli_feeds.feeds,
    cli_dead.dead,
    cli_reprocess.reprocess,
    cli_feed_views.explain,
):
    newswire.add_command(_command)


def main() -> None:
    """Run the command line and leave with its exit code; every expected error is one line on stderr."""
    sys.exit(_exit_code(sys.argv[1:]))


def _exit_code(arguments: list[str]) -> int:
    try:
        with newswire.make_context("newswire", arguments) as context:
            newswire.invoke(context)
    except click.exceptions.Exit as end:  # --help, --version
        return end.exit_code
    except (NewswireError, click.ClickException) as error:
        return _explain(error)
    except STORE_LOST as error:  # a command has been patient already
        said = str(error).rstrip(".")
        return _explain(StoreUnreachable(f"Redis cannot be used now: {said}; mend that, and run the command again"))
    except (click.Abort, KeyboardInterrupt):
        return interrupted.EXIT_CODE
    except BrokenPipeError:  # the reader of our output has gone (`newswire tail | head`): no error of ours
        _drop_output()
    except OSError as error:
        if error.errno not in _FULL:
            raise
        _drop_output()
        return _explain(NewswireError(f"cannot write: {error.strerror}; make room, and run the command again"))
    return 0


def _drop_output() -> None:
    """Let what is still to be written to stdout go nowhere: Python would try once more at its end, and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _explain(error: NewswireError | click.ClickException) -> int:
    """Say *error* in one line on stderr; a bare `newswire` gets the help instead. Returns the exit code."""
    match error:
        case click.exceptions.NoArgsIsHelpError():
            click.echo(error.ctx.get_help(), err=True)
            return 2
        case click.UsageError():
            where = error.ctx.command_path if error.ctx else "newswire"
            reason = f"{error.format_message()} (see {where} --help)"
        case click.ClickException():
            reason = error.format_message()
        case _:
            reason = str(error)
    click.echo("newswire: " + " ".join(reason.split()), err=True)
    return error.exit_code
