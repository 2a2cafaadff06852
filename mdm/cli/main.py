"""The command group, and the one place where errors become sentences and exit codes."""

from __future__ import annotations

import json
import sys
import traceback
from importlib import import_module
from typing import Any

import click

from mdm import __version__
from mdm.cli import log
from mdm.errors import ConfigError, MdmError

COMMANDS = (
    "demo",
    "generate",
    "init",
    "check",
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
        return 2
    except click.Abort:
        click.echo("stopped; nothing more was published", err=True)
        return 1
    except BrokenPipeError:
        return 1
    except MdmError as error:
        log.note(arguments, error.exit_code, str(error))
        _say(error, "--json" in arguments)
        return error.exit_code
    except Exception as error:
        # The message of an unforeseen error may quote a person's values: only its type and places are kept.
        places = "".join(traceback.format_tb(error.__traceback__))
        where = log.note(arguments, 1, f"{type(error).__name__}\n{places}")
        click.echo(
            f"mdm failed: {type(error).__name__}. This is a defect of mdm, not of your data; nothing was published.\n"
            f"Where it happened: {where or places}",
            err=True,
        )
        return 1


def _say(error: MdmError, as_json: bool) -> None:
    click.echo(str(error), err=True)
    if as_json:
        problems = [
            {"file": p.file, "line": p.line, "what": p.what, "remedy": p.remedy}
            for p in (error.problems if isinstance(error, ConfigError) else ())
        ]
        click.echo(json.dumps({"error": str(error), "problems": problems}, ensure_ascii=False))
