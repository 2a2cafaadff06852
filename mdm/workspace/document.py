"""A YAML file that a steward edits, read node by node: each mistake is noted with its line, and reading goes on.

Scalars are taken as they are written (`NO` is a column, not false), so a column may have any name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from difflib import get_close_matches

import yaml

from mdm.errors import Problem

NULL = "tag:yaml.org,2002:null"


class Document:
    """One parsed file and the problems found in it so far. `root` is None when the file isn't YAML at all."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.root: yaml.Node | None = None
        try:
            self.root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            self._not_yaml(error)
        except yaml.YAMLError:
            line = next((n for n, row in enumerate(text.splitlines(), 1) if not row.isprintable()), None)
            self.problems.append(Problem(file, line, "a character that YAML doesn't allow.", "Take it out."))
        else:
            if self.root is None:
                self.problems.append(Problem(file, 1, "the file is empty.", "Write it as the documentation shows."))

    def _not_yaml(self, error: yaml.MarkedYAMLError) -> None:
        mark = error.problem_mark or error.context_mark
        what = f"this isn't YAML ({error.problem or error.context})."
        remedy = "Check the indentation (spaces, no tabs), colons, quotes and brackets here and on the line above."
        self.problems.append(Problem(self.file, mark.line + 1 if mark else None, what, remedy))

    def problem(self, at: yaml.Node | int | None, what: str, remedy: str) -> None:
        """Note one mistake at a node (or line)."""
        line = at.start_mark.line + 1 if isinstance(at, yaml.Node) else at
        self.problems.append(Problem(self.file, line, what, remedy))

    def unknown(self, at: yaml.Node | int | None, kind: str, name: str, known: Iterable[str]) -> None:
        """Note a name that isn't one of `known`, with what was probably meant."""
        self.problem(at, f"unknown {kind} '{name}'.", suggestion(name, known))

    def mapping(self, node: yaml.Node | None, what: str) -> dict[str, yaml.Node]:
        """Key → value node; a problem where `node` is no mapping or repeats a key."""
        if not isinstance(node, yaml.MappingNode):
            if node is not None:
                self.problem(node, f"{what} is not a mapping of keys to values.", "Write `key: value`, one a line.")
            return {}
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.problem(key, f"a key of {what} is not plain text.", "Write one word before the colon.")
            elif key.value in found:
                self.problem(key, f"'{key.value}' stands twice in {what}.", "Keep one of the two.")
            else:
                found[key.value] = value
        return found

    def fields(
        self, node: yaml.Node | None, what: str, known: Collection[str], required: Collection[str] = ()
    ) -> dict[str, yaml.Node]:
        """As `mapping`, for a mapping that has only `known` keys and at least the `required` ones."""
        found = self.mapping(node, what)
        for key in found:
            if key not in known:
                self.unknown(self._key_line(node, key), f"key in {what}:", key, known)
        if isinstance(node, yaml.MappingNode):
            for key in required:
                if key not in found:
                    self.problem(node, f"{what} has no '{key}'.", f"Add `{key}:`.")
        return {key: value for key, value in found.items() if key in known}

    def _key_line(self, node: yaml.Node | None, name: str) -> int | None:
        keys = node.value if isinstance(node, yaml.MappingNode) else []
        return next((key.start_mark.line + 1 for key, _ in keys if key.value == name), None)

    def text(self, node: yaml.Node | None, what: str) -> str | None:
        """The scalar as it is written; a problem where there is nothing, or a list or mapping."""
        if node is None:
            return None
        if not isinstance(node, yaml.ScalarNode):
            self.problem(node, f"{what} is not one value.", "Write a single text after the colon.")
        elif node.tag == NULL or not node.value.strip():
            self.problem(node, f"{what} is empty.", "Write a value after the colon, or take the line out.")
        else:
            value: str = node.value
            return value
        return None

    def texts(self, node: yaml.Node | None, what: str) -> tuple[str, ...]:
        """One text, or a list of texts."""
        if not isinstance(node, yaml.SequenceNode):
            one = self.text(node, what)
            return () if one is None else (one,)
        if not node.value:
            self.problem(node, f"{what} is an empty list.", "Name at least one, or take the line out.")
        texts = (self.text(item, f"an item of {what}") for item in node.value)
        return tuple(text for text in texts if text is not None)

    def items(self, node: yaml.Node | None, what: str) -> list[yaml.Node]:
        """The items of a list."""
        if isinstance(node, yaml.SequenceNode):
            items: list[yaml.Node] = node.value
            return items
        if node is not None:
            self.problem(node, f"{what} is not a list.", "Begin each item with `- `.")
        return []

    def choice(self, node: yaml.Node | None, what: str, known: Collection[str]) -> str | None:
        """A text that must be one of `known`."""
        text = self.text(node, what)
        if text is not None and text not in set(known):
            self.unknown(node, f"{what}:", text, known)
            return None
        return text

    def number(self, node: yaml.Node | None, what: str, low: float, high: float) -> float | None:
        """A number from `low` to `high`."""
        text = self.text(node, what)
        if text is None:
            return None
        value = float(text) if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", text, re.ASCII) else None
        if value is None or not low <= value <= high:
            self.problem(node, f"{what} is not a number from {low:g} to {high:g}.", "Write such a number.")
            return None
        return value

    def whole(self, node: yaml.Node | None, what: str, low: int, high: int) -> int | None:
        """A whole number from `low` to `high`."""
        text = self.text(node, what)
        if text is None:
            return None
        if not re.fullmatch(r"\d{1,12}", text, re.ASCII) or not low <= int(text) <= high:
            self.problem(node, f"{what} is not a whole number from {low} to {high}.", "Write such a number.")
            return None
        return int(text)

    def truth(self, node: yaml.Node | None, what: str) -> bool | None:
        """`true` or `false` (or `yes`, `no`)."""
        text = self.text(node, what)
        if text is None:
            return None
        if text.lower() not in ("true", "false", "yes", "no"):
            self.problem(node, f"{what} is neither true nor false.", "Write `true` or `false`.")
            return None
        return text.lower() in ("true", "yes")


def suggestion(name: str, known: Iterable[str]) -> str:
    """`Did you mean …? Known: …` for a name that isn't among `known`."""
    names = sorted(set(known))
    if not names:
        return "There are none."
    folded = {candidate.casefold(): candidate for candidate in reversed(names)}
    near = get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    hint = f"Did you mean '{folded[near[0]]}'? " if near else ""
    return f"{hint}Known: {', '.join(names)}."
