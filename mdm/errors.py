"""What can go wrong for a user, in sentences for the person who can fix it.

One base class; the exit code of the command stands on the class; the text is built here and nowhere else.
Messages name files, lines, columns and keys of the mapping, never a person's values.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class MdmError(Exception):
    """Base of everything a user can meet. `exit_code` 1: failed, nothing was published."""

    exit_code = 1

    @property
    def logged(self) -> str:
        """What `mdm.log` keeps of it."""
        return str(self)


@dataclass(frozen=True)
class Problem:
    """One mistake in a file that a steward edits: where, what, and what to do."""

    file: str
    line: int | None
    what: str
    remedy: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.what} {self.remedy}".rstrip()


class UsageError(MdmError):
    """The command, `mdm.yaml` or a rule file is wrong; nothing was loaded."""

    exit_code = 2


class ConfigError(UsageError):
    """Every mistake found in `mdm.yaml` and the rule files, at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.file, p.line or 0, p.what)))
        super().__init__("\n".join(map(str, self.problems)))


class UnknownRecordError(UsageError):
    """A RECORD on the command line fits no live record, or several."""

    def __init__(self, wanted: str, candidates: Iterable[str] = ()) -> None:
        self.candidates = tuple(candidates)
        if self.candidates:
            text = f"{wanted} fits several records; say which: {', '.join(self.candidates)}"
        else:
            text = f"no live record is called {wanted}. Write [entity:]source:source_id[#n], as the crosswalk does."
        super().__init__(text)

    @property
    def logged(self) -> str:
        """Without the RECORD: a source's key may be a personal number."""
        return "a RECORD fits several records" if self.candidates else "a RECORD fits no live record"


class UnknownGoldenError(UsageError):
    """A GOLDEN_ID on the command line was never given."""

    def __init__(self, wanted: str) -> None:
        super().__init__(f"no golden record was ever called {wanted}.")

    @property
    def logged(self) -> str:
        """Without what was written in its place."""
        return "a GOLDEN_ID was never given"


class SourceError(MdmError):
    """A source can't be used in this run: it is held at its last good state and the others go on.

    `gate` is the name that `--accept` takes, or None where nothing can be accepted (a missing file).
    `line` is the 1-based line of the extract, where one line is to blame.
    """

    exit_code = 3

    def __init__(
        self, source: str, reason: str, remedy: str, *, gate: str | None = None, line: int | None = None
    ) -> None:
        self.source, self.reason, self.remedy, self.gate, self.line = source, reason, remedy, gate, line
        at = f" line {line}" if line is not None else ""
        accept = f" To let it through: --accept {gate}" if gate else ""
        super().__init__(f"source {source}{at}: {reason} {remedy}{accept}".rstrip())


class RepositoryError(MdmError):
    """The repository can't be used: locked, read-only, full, or of a newer version. What is published stays."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"repository: {what} {remedy} Nothing was published.")


class NoRepositoryError(RepositoryError):
    """There is no repository yet, or an empty database."""

    def __init__(self) -> None:
        super().__init__("there is none yet.", "`mdm run` makes it.")


class BlockError(MdmError):
    """Far more records share a blocking key than the rule set allows; comparing them all could fill the memory."""

    def __init__(self, entity: str, rule: str, records: int, limit: int) -> None:
        super().__init__(
            f"{entity}: the blocking rule '{rule}' puts {records:,} records in one block; the adopted rule set allows "
            f"{limit:,}. Is a placeholder standing in a column of the latest extracts? If the block is right, raise "
            f"max_block in the rule file and `mdm adopt DIR edited`. Nothing was published."
        )
