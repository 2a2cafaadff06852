"""The command group, and the one place where errors become sentences and exit codes."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Iterable
from dataclasses import asdict
from importlib import import_module
from typing import Any

import click

from mdm import __version__
from mdm.cli import log
from mdm.errors import ConfigError, MdmError, Problem

COMMANDS = (
    "demo",
    "generate",
    "init",
    "check",
    "profile",
    "run",
    "adopt",
    "report",
    "evaluate",
    "export",
    "explain",
    "lineage",
    "digest",
)


class Commands(click.Group):
    """A group whose commands are modules of this package, imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of a steward's day."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command called `cmd_name`, from the module of that name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"mdm.cli.{cmd_name}").command
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mdm")
def mdm() -> None:
    """Identity reconciliation: which records are the same person or business, and what is held true of them."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code; a user's mistake never ends in a traceback."""
    arguments = sys.argv[1:] if arguments is None else arguments
    sys.exit(_guarded(arguments))


def _guarded(arguments: list[str]) -> int:
    try:
        answer: Any = mdm.main(arguments, prog_name="mdm", standalone_mode=False)
        code = answer if isinstance(answer, int) else 0
        log.note(arguments, code)
        return code
    except click.ClickException as error:
        error.show()
        _json(error.format_message(), arguments)
        return 2
    except click.Abort:
        click.echo("stopped; nothing more was published", err=True)
        return 1
    except BrokenPipeError:
        return 1
    except MdmError as error:
        log.note(arguments, error.exit_code, error.logged)
        click.echo(str(error), err=True)
        _json(str(error), arguments, error.problems if isinstance(error, ConfigError) else ())
        return error.exit_code
    except Exception as error:
        # The message of an unforeseen error may quote a person's values: only its type and places are kept.
        places = "".join(traceback.format_tb(error.__traceback__))
        where = log.note(arguments, 1, f"{type(error).__name__}\n{places}")
        what = f"mdm failed: {type(error).__name__}. This is a defect of mdm, not of your data; nothing was published."
        click.echo(f"{what}\nWhere it happened: {where or places}", err=True)
        _json(what, arguments)
        return 1


def _json(error: str, arguments: list[str], problems: Iterable[Problem] = ()) -> None:
    """Programs that asked for one JSON object get one, whatever went wrong."""
    if "--json" in arguments:
        click.echo(json.dumps({"error": error, "problems": [asdict(each) for each in problems]}, ensure_ascii=False))
