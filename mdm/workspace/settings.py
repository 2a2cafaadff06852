"""`mdm.yaml`, read once at the edge into frozen objects: the sources, and which column is which attribute."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl
import yaml
from polars.exceptions import PolarsError
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from mdm.errors import ConfigError, UsageError
from mdm.standardise import encodings
from mdm.workspace.document import Document

FILE = "mdm.yaml"
PARTY_KEYS = ("entity", "role", "where", "from_text")
SOURCE_KEYS = (
    *("path", "url", "query", "key", "mode", "operation", "encoding", "delimiter", "sheet", "skip_rows"),
    *("date_order", "sex_codes", "rhythm", "once_each", "trust", "parties"),
)
ENCODING_KEYS = ("file", "columns")
DATE_ORDERS = ("dmy", "mdy", "ymd")
DIALECTS = ("sqlite", "postgresql")


@dataclass(frozen=True)
class PartySpec:
    """One party that a row states: its entity type, and the columns of each attribute."""

    entity: str
    columns: Mapping[str, tuple[str, ...]]
    """Canonical attribute → the columns it is read from, in order."""
    role: str | None = None
    where: str | None = None
    """A Polars SQL expression over the row's NFC, case-folded texts."""
    from_text: str | None = None
    """A column whose text may name several parties."""

    def to_dict(self) -> dict[str, Any]:
        """Plain types, as the rule set freezes them; what isn't said is left out."""
        own = {"role": self.role, "where": self.where, "from_text": self.from_text}
        columns = {attribute: list(names) for attribute, names in self.columns.items()}
        return {"entity": self.entity, **{k: v for k, v in own.items() if v is not None}, "columns": columns}

    @staticmethod
    def from_dict(values: Mapping[str, Any]) -> PartySpec:
        """The inverse of `to_dict`."""
        return PartySpec(**{**values, "columns": {a: tuple(names) for a, names in values["columns"].items()}})


@dataclass(frozen=True)
class SourceSpec:
    """One source of `mdm.yaml`: where its rows come from and how they are read."""

    name: str
    key: tuple[str, ...]
    parties: tuple[PartySpec, ...]
    path: str | None = None
    url: str | None = field(default=None, repr=False)
    query: str | None = field(default=None, repr=False)
    mode: str = "snapshot"
    operation: str | None = None
    encoding: str = "auto"
    column_encodings: Mapping[str, str] = field(default_factory=dict)
    """Columns that are in another encoding than their file."""
    delimiter: str | None = None
    sheet: str | None = None
    skip_rows: int = 0
    date_order: str | None = None
    sex_codes: Mapping[str, str] = field(default_factory=dict)
    rhythm: str | None = None
    once_each: bool = False
    trust: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """What a result depends on, in plain types: all but path, url, query and rhythm; defaults are left out."""
        own: dict[str, Any] = {"key": list(self.key)}
        for name in ("mode", "operation", "encoding", "delimiter", "sheet", "skip_rows"):
            own[name] = getattr(self, name)
        own |= {"column_encodings": dict(sorted(self.column_encodings.items()))}
        own |= {"date_order": self.date_order, "sex_codes": dict(sorted(self.sex_codes.items()))}
        own |= {"once_each": self.once_each, "trust": self.trust}
        defaults = {"mode": "snapshot", "encoding": "auto", "skip_rows": 0, "once_each": False}
        defaults |= {"column_encodings": {}, "sex_codes": {}}
        said = {name: value for name, value in own.items() if value is not None and value != defaults.get(name)}
        return {**said, "parties": [party.to_dict() for party in self.parties]}

    @staticmethod
    def from_dict(name: str, values: Mapping[str, Any]) -> SourceSpec:
        """The inverse of `to_dict`: a source without a place."""
        parties = tuple(PartySpec.from_dict(party) for party in values["parties"])
        return SourceSpec(name, **{**values, "key": tuple(values["key"]), "parties": parties})

    def at(self, place: SourceSpec) -> SourceSpec:
        """This mapping of the rows that are where `place` says."""
        return replace(self, path=place.path, url=place.url, query=place.query, rhythm=place.rhythm)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the mapping names, in order, once."""
        named = [*self.key, *([self.operation] if self.operation else [])]
        for party in self.parties:
            named += [party.from_text] if party.from_text else []
            named += [column for columns in party.columns.values() for column in columns]
            named += where_columns(party.where)
        return tuple(dict.fromkeys(named))


@dataclass(frozen=True)
class Workspace:
    """A folder with `mdm.yaml`."""

    folder: Path
    repository_url: str = field(repr=False)
    """A SQLAlchemy URL; a SQLite path is absolute. It may hold a password: never print it."""
    rules: str
    """The name of a shipped rule set, or a path (relative to the folder)."""
    sources: Mapping[str, SourceSpec]
    lines: Mapping[tuple[str | int, ...], int] = field(default_factory=dict, compare=False, repr=False)
    """Where the mapping says what, for messages: (source, party number, attribute) → line of `mdm.yaml`."""

    @staticmethod
    def open(folder: Path | str, environment: Mapping[str, str] | None = None) -> Workspace:
        """Read `mdm.yaml` in `folder`; `${NAME}` expands from `environment` (by default the process's).

        Raises UsageError where there is no workspace, ConfigError with every mistake at once.
        """
        folder = Path(folder).absolute()
        if not folder.is_dir():
            raise UsageError(f"there is no folder {folder}. Make a workspace with `mdm init` or `mdm generate`.")
        path = folder / FILE
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            what = f"{folder} is no workspace: it has no {FILE}."
            raise UsageError(f"{what} Make one with `mdm init` or `mdm generate`.") from None
        except UnicodeDecodeError:
            raise UsageError(f"{FILE}: the file is not UTF-8. Save it as UTF-8.") from None
        except OSError as error:
            raise UsageError(f"{FILE}: can't be read ({error.strerror}). Set its permissions right.") from None
        variables = os.environ if environment is None else environment
        return _Reader(Document(FILE, text), folder, variables).workspace()


class _Reader:
    """One pass over the nodes of `mdm.yaml`."""

    def __init__(self, document: Document, folder: Path, environment: Mapping[str, str]) -> None:
        self.document, self.folder, self.environment = document, folder, environment
        self.lines: dict[tuple[str | int, ...], int] = {}

    def workspace(self) -> Workspace:
        document = self.document
        top = document.fields(document.root, FILE, ("repository", "rules", "sources"), ("sources",))
        repository = self._url(top.get("repository"), "repository") or f"sqlite:///{self.folder / 'repository.db'}"
        rules = self._expanded(top.get("rules"), "rules") if "rules" in top else "hcmc"
        sources: dict[str, SourceSpec] = {}
        if "sources" in top:
            nodes = document.mapping(top["sources"], "sources")
            if not nodes and isinstance(top["sources"], yaml.MappingNode):
                document.problem(top["sources"], "there are no sources.", "Add one below `sources:`.")
            sources = {name: self._source(name, node) for name, node in nodes.items()}
            self.lines |= {("rules",): _line(top["rules"])} if "rules" in top else {}
        if document.problems:
            raise ConfigError(document.problems)
        return Workspace(self.folder, repository, rules or "", sources, self.lines)

    def _expanded(self, node: yaml.Node | None, what: str) -> str | None:
        """A text with `${NAME}` replaced; only what isn't part of a rule set expands."""
        text = self.document.text(node, what)
        if text is None:
            return None

        def value(match: re.Match[str]) -> str:
            name = match[1]
            if name not in self.environment:
                self.document.problem(
                    node, f"{what} needs the environment variable {name}, which is not set.", f"Set {name}."
                )
            return self.environment.get(name, "")

        return re.sub(r"\$\{(\w+)\}", value, text)

    def _url(self, node: yaml.Node | None, what: str) -> str | None:
        """A database URL, its SQLite file made absolute."""
        text = self._expanded(node, what)
        if text is None:
            return None
        known = "Write sqlite:///file.db or postgresql+psycopg://user:password@host/database."
        try:
            url = make_url(text)
        except (ArgumentError, ValueError):
            if text:  # a missing variable is told already
                self.document.problem(node, f"{what} is not a database URL.", known)
            return None
        if url.get_backend_name() not in DIALECTS:
            self.document.problem(node, f"{what}: '{url.get_backend_name()}' is neither SQLite nor PostgreSQL.", known)
        if url.get_backend_name() == "sqlite":
            if url.database in (None, "", ":memory:"):
                self.document.problem(node, f"{what} names no SQLite file.", known)
            url = url.set(database=str(self.folder / (url.database or "")))
        return url.render_as_string(hide_password=False)

    def _source(self, name: str, node: yaml.Node) -> SourceSpec:
        document, place = self.document, f"source {name}"
        self.lines[name,] = _line(node)
        if not re.fullmatch(r"\w[\w.-]*", name):
            document.problem(node, f"'{name}' can't name a source.", "Use letters, digits, `_`, `-` and `.` only.")
        found = document.fields(node, place, SOURCE_KEYS, ("key", "parties"))

        def text(key: str) -> str | None:
            return document.text(found.get(key), f"{key} of {place}")

        self._place(node, found, place)
        self._mode(node, found, place)
        key = document.texts(found.get("key"), f"key of {place}")
        if len(set(key)) < len(key):
            document.problem(found["key"], f"key of {place} names a column twice.", "Name each column once.")
        encoding, column_encodings = self._encodings(found.get("encoding"), place)
        skip_rows = document.whole(found.get("skip_rows"), f"skip_rows of {place}", 0, 1_000_000)
        return SourceSpec(
            name=name,
            key=key,
            parties=self._parties(name, found.get("parties")),
            path=self._expanded(found.get("path"), f"path of {place}"),
            url=self._url(found.get("url"), f"url of {place}"),
            query=self._query(found.get("query"), place),
            mode=document.choice(found.get("mode"), f"mode of {place}", ("snapshot", "delta")) or "snapshot",
            operation=text("operation"),
            encoding=encoding,
            column_encodings=column_encodings,
            delimiter=self._delimiter(found.get("delimiter"), place),
            sheet=text("sheet"),
            skip_rows=skip_rows or 0,
            date_order=document.choice(found.get("date_order"), f"date_order of {place}", DATE_ORDERS),
            sex_codes=self._sex_codes(found.get("sex_codes"), place),
            rhythm=self._rhythm(found.get("rhythm"), place),
            once_each=document.truth(found.get("once_each"), f"once_each of {place}") or False,
            trust=document.number(found.get("trust"), f"trust of {place}", 0, 1),
        )

    def _place(self, node: yaml.Node, found: Mapping[str, yaml.Node], place: str) -> None:
        """Rows come from a path, or from a url with a query."""
        if not isinstance(node, yaml.MappingNode):
            return
        if "path" in found and ("url" in found or "query" in found):
            what = f"{place} has a path and a url or query."
            self.document.problem(found["path"], what, "Keep `path:`, or `url:` with `query:`.")
        elif "path" not in found and not ("url" in found and "query" in found):
            what = f"{place} doesn't say where its rows are."
            self.document.problem(node, what, "Add `path:`, or `url:` and `query:`.")

    def _mode(self, node: yaml.Node, found: Mapping[str, yaml.Node], place: str) -> None:
        mode = found.get("mode")
        delta = isinstance(mode, yaml.ScalarNode) and mode.value == "delta"
        if delta and "operation" not in found:
            what = f"{place} is a delta without a column of operations."
            self.document.problem(mode, what, "Add `operation:` with the column's name.")
        if "operation" in found and not delta:
            what = f"{place} has an operation but is not a delta."
            self.document.problem(found["operation"], what, "Add `mode: delta`, or take the line out.")

    def _query(self, node: yaml.Node | None, place: str) -> str | None:
        query = self._expanded(node, f"query of {place}")
        if query is not None and not re.match(r"\s*(select|with)\b", query, re.IGNORECASE):
            self.document.problem(node, f"query of {place} is not a SELECT.", "Write one SELECT statement.")
        return query

    def _encodings(self, node: yaml.Node | None, place: str) -> tuple[str, Mapping[str, str]]:
        """One name for the file, or `file:` and `columns:` (column → name)."""
        what = f"encoding of {place}"
        if not isinstance(node, yaml.MappingNode):
            return self._encoding(node, what), {}
        found = self.document.fields(node, what, ENCODING_KEYS)
        columns = self.document.mapping(found.get("columns"), f"columns in the {what}")
        named = {name: self._encoding(at, f"encoding of column {name} of {place}") for name, at in columns.items()}
        if "utf-16" in named.values():
            self.document.problem(node, f"{what}: no column is in utf-16 by itself.", "Say it of the file.")
        said = {unicodedata.normalize("NFC", name).strip(): one for name, one in named.items() if one != "auto"}
        return self._encoding(found.get("file"), what), said

    def _encoding(self, node: yaml.Node | None, what: str) -> str:
        text = self.document.text(node, what)
        if text is None:
            return "auto"
        name = text if text == "auto" else encodings.name_of(text)
        if name is None:
            self.document.unknown(node, f"{what}:", text, ("auto", *encodings.ALIASES))
        return name or "auto"

    def _delimiter(self, node: yaml.Node | None, place: str) -> str | None:
        if node is None:
            return None
        if not isinstance(node, yaml.ScalarNode):
            self.document.problem(node, f"delimiter of {place} is not one value.", "Write one character in quotes.")
            return None
        text = "\t" if node.value in ("tab", "\\t") else str(node.value)
        if len(text) != 1 or not text.isascii() or text in '\n\r"':
            self.document.problem(node, f"delimiter of {place} is not one character.", 'Write for instance ";" or tab.')
            return None
        return text

    def _sex_codes(self, node: yaml.Node | None, place: str) -> Mapping[str, str]:
        codes = self.document.mapping(node, f"sex_codes of {place}")
        read = {
            unicodedata.normalize("NFC", code).casefold().strip(): self.document.choice(
                value, f"sex_codes of {place}", ("male", "female")
            )
            for code, value in codes.items()
        }
        return {code: sex for code, sex in read.items() if sex is not None}

    def _rhythm(self, node: yaml.Node | None, place: str) -> str | None:
        text = self.document.text(node, f"rhythm of {place}")
        if text is not None and not re.fullmatch(r"[1-9]\d*[mhdw]", text, re.ASCII):
            self.document.problem(node, f"rhythm of {place} is not a time.", "Write for instance 30m, 1h, 1d or 1w.")
        return text

    def _parties(self, source: str, node: yaml.Node | None) -> tuple[PartySpec, ...]:
        nodes = self.document.items(node, f"parties of source {source}")
        if node is not None and isinstance(node, yaml.SequenceNode) and not nodes:
            self.document.problem(node, f"source {source} states no party.", "Add one below `parties:`.")
        return tuple(self._party(source, number, node) for number, node in enumerate(nodes))

    def _party(self, source: str, number: int, node: yaml.Node) -> PartySpec:
        document, place = self.document, f"party {number + 1} of source {source}"
        found = document.mapping(node, place)
        self.lines[source, number] = _line(node)
        if isinstance(node, yaml.MappingNode):
            if "entity" not in found:
                document.problem(node, f"{place} has no 'entity'.", "Add `entity:` with the entity type.")
            if not set(found) - {"entity", "role", "where"}:
                document.problem(node, f"{place} maps no column.", "Add `attribute: column`.")
        columns: dict[str, tuple[str, ...]] = {}
        for attribute, value in found.items():
            if attribute not in PARTY_KEYS:
                self.lines[source, number, attribute] = _line(value)
                columns[attribute] = document.texts(value, f"{attribute} of {place}")
        texts = {key: document.text(found.get(key), f"{key} of {place}") for key in PARTY_KEYS}
        if "from_text" in found and "name" in found:
            what = f"{place} has both from_text and name."
            document.problem(found["name"], what, "The names come out of the text: take `name:` out.")
        if texts["where"] is not None:
            self._check_where(texts["where"], found["where"], place)
        return PartySpec(texts["entity"] or "", columns, texts["role"], texts["where"], texts["from_text"])

    def _check_where(self, where: str, node: yaml.Node, place: str) -> None:
        """Every column is text, so the expression can be tried before there is any row."""
        remedy = "Write a condition on columns, for instance: where: \"loai = 'cá nhân'\"."
        try:
            expression = pl.sql_expr(where)
            row = pl.DataFrame(schema=dict.fromkeys(expression.meta.root_names(), pl.String))
            if not row.width or row.select(expression).dtypes != [pl.Boolean]:
                self.document.problem(node, f"where of {place} is not a condition on columns.", remedy)
        except PolarsError as error:
            reason = str(error).splitlines()[0]
            self.document.problem(node, f"where of {place} can't be read ({reason}).", remedy)


def where_columns(where: str | None) -> list[str]:
    """The columns that a `where` reads."""
    return [] if where is None else sorted(set(pl.sql_expr(where).meta.root_names()))


def _line(node: yaml.Node) -> int:
    line: int = node.start_mark.line
    return line + 1
