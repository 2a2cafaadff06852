"""`mdm.log` in the workspace: one JSON line a command, without personal values."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

NAME = "mdm.log"


def note(arguments: list[str], exit_code: int, error: str | None = None) -> Path | None:
    """Append what was done and how it ended; gives the log's path, or None where there is no workspace to keep it.

    Arguments after the workspace may be record keys, so only the command's name is kept.
    """
    folder = _workspace(arguments)
    if folder is None:
        return None
    line = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": arguments[0],
        "exit_code": exit_code,
        **({"error": error} if error else {}),
    }
    path = folder / NAME
    try:
        with path.open("a", encoding="utf-8") as log:
            log.write(json.dumps(line, ensure_ascii=False) + "\n")
    except OSError:
        return None  # a full or read-only disk must not hide the error that is being reported
    return path


def _workspace(arguments: list[str]) -> Path | None:
    return next((Path(text) for text in arguments[1:] if (Path(text) / "mdm.yaml").is_file()), None)
