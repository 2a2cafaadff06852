"""The `mdm` command in this process: what it printed, and how it ended."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mdm.cli.main import main


@dataclass(frozen=True)
class Ended:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Standard output, which must be one JSON object and nothing else."""
        values = json.loads(self.out)
        assert isinstance(values, dict), self.out
        assert self.out.count("\n") == 1, "one line"
        return values

    @property
    def said(self) -> str:
        """Everything a person at a terminal read. No traceback is ever part of it."""
        said = self.out + self.err
        assert "Traceback" not in said, said
        assert "defect of mdm" not in said, said
        return said


def mdm(*arguments: object) -> Ended:
    """Run `mdm ARGUMENTS` in this process."""
    out, err = io.StringIO(), io.StringIO()
    code: Any = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code
    return Ended(code, out.getvalue(), err.getvalue())


def command(*arguments: object) -> list[str]:
    """`mdm ARGUMENTS` for a process of its own."""
    return [sys.executable, "-m", "mdm", *map(str, arguments)]


def process(*arguments: object, before: str = "", **environment: str) -> Ended:
    """Run `mdm ARGUMENTS` in a process of its own, after the shell commands in `before`."""
    shell = [*(["bash", "-c", f'{before}; exec "$@"', "bash"] if before else []), *command(*arguments)]
    ended = subprocess.run(shell, capture_output=True, text=True, env={**os.environ, **environment}, check=False)
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def content(path: Path) -> bytes | None:
    """A file's bytes; None where there is none."""
    return path.read_bytes() if path.exists() else None
