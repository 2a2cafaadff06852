"""Rows become parties: what the mapping says of each row, one party after the other, numbered per entity type."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from io import BytesIO
from types import MappingProxyType

import polars as pl
from polars.exceptions import PolarsError

from mdm.errors import SourceError
from mdm.sources.extract import KEY, LINE, ROW
from mdm.standardise import Knowledge
from mdm.standardise.owners import OWNER, owners
from mdm.standardise.text import plain
from mdm.workspace import EntityRules, PartySpec, SourceSpec
from mdm.workspace.settings import where_columns

SPACED = ("name", "mother_name", "father_name")
SPACED_STANDARDISERS = ("person_name", "latin_name")
DATE_STANDARDISERS = ("date", "written_date")
FROM_TEXT = tuple(field.name for field in OWNER.fields if field.name != "relation")
NUMBERED_UNITS: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("phuong", "xa", "px", "phuongxa", "xaphuong", "ward", "tenphuong"), "Phường")
    | dict.fromkeys(("quan", "huyen", "qh", "quanhuyen", "district", "tenquan"), "Quận")
)
"""Words of a column's name → what a bare number below it numbers: only wards and urban districts ever had numbers."""
CODES = frozenset(["ma", "code", "id", "stt"])
"""Words of a column's name whose numbers are codes of units."""
RECEIVED = ".received"
_CELLS = pl.List(pl.String)
_OWNERS = "_owners"
_LITERAL = re.compile(r"'(?:[^']|'')*'")


def parties(
    rows: pl.DataFrame, spec: SourceSpec, rules: Mapping[str, EntityRules], knowledge: Knowledge
) -> dict[str, pl.DataFrame]:
    """The parties that rows (row_key String, line UInt32, received String: JSON) of one source state.

    Gives, for each entity type of the mapping, `source, row_key, line, party` UInt16, `source_id` (with `#n`), `role`
    (String or null), and for each attribute that can be mapped `a.received` List(String), null when there is nothing.
    Raises SourceError where a `where` fails on the data.
    """
    cells = received_columns(rows, spec.columns)
    found: dict[str, list[pl.DataFrame]] = {}
    for party in spec.parties:
        found.setdefault(party.entity, []).append(_stated(cells, spec, party, rules[party.entity], knowledge))
    return {entity: _numbered(frames, spec, rules[entity]) for entity, frames in found.items()}


def no_parties(rules: EntityRules) -> pl.DataFrame:
    """The frame of parties of an entity type, without rows."""
    texts = dict.fromkeys(("source_id", "role"), pl.String)
    head = {"source": pl.String, "row_key": pl.String, "line": pl.UInt32, "party": pl.UInt16, **texts}
    return pl.DataFrame(schema={**head, **{attribute + RECEIVED: _CELLS for attribute in rules.mapped}})


def check_conditions(rows: pl.DataFrame, spec: SourceSpec) -> None:
    """Try each party's `where` on rows (as `parties` takes them) before they are loaded; raises SourceError."""
    for party in spec.parties:
        if party.where is not None:
            _where(received_columns(rows, where_columns(party.where)), spec, party)


def received_columns(rows: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """`_row`, `_key`, `_line`, and the columns named, out of the JSON of `received`; a column not there is null."""
    place = rows.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias(ROW), pl.col("row_key").alias(KEY))
    place = place.with_columns(rows["line"].alias(LINE))
    schema = dict.fromkeys(columns, pl.String)
    if rows.is_empty():
        return place.hstack(pl.DataFrame(schema=schema))
    lines: bytes = rows["received"].str.join("\n").cast(pl.Binary).item()
    return place.hstack(pl.read_ndjson(BytesIO(lines), schema=schema))


def _stated(
    cells: pl.DataFrame, spec: SourceSpec, party: PartySpec, rules: EntityRules, knowledge: Knowledge
) -> pl.DataFrame:
    """One party of the mapping: a row for each that is stated, its attributes as `a.received`."""
    cells = _where(cells, spec, party)
    mapped = {attribute: _cells(attribute, columns, rules) for attribute, columns in party.columns.items()}
    if party.from_text is not None:
        cells, told = _out_of_text(cells, party.from_text, rules, knowledge)
        # What the text says of one of its parties comes first; of the address, what the row says.
        mapped |= {
            a: pl.coalesce(mapped[a], of_text) if a == "address" else pl.coalesce(of_text, mapped[a])
            for a, of_text in told.items()
            if a in mapped
        } | {a: of_text for a, of_text in told.items() if a not in mapped}
    role = pl.lit(party.role, pl.String)
    if party.from_text is not None:
        role = pl.coalesce(role, pl.col(_OWNERS).struct.field("relation"))
    stated = cells.select(ROW, KEY, LINE, role.alias("role"), *(e.alias(a + RECEIVED) for a, e in mapped.items()))
    received = [attribute + RECEIVED for attribute in mapped]
    return stated.filter(pl.any_horizontal(pl.col(received).is_not_null()))


def _where(cells: pl.DataFrame, spec: SourceSpec, party: PartySpec) -> pl.DataFrame:
    """The rows for which the party's condition is true."""
    return cells if party.where is None else cells.filter(condition(cells, party.where, spec))


def condition(cells: pl.DataFrame, where: str, spec: SourceSpec) -> pl.Series:
    """Where a condition, over NFC and case-folded text, is true: Boolean, never null. Raises SourceError."""
    folded = cells.select(folded_text(pl.col(name)).alias(name) for name in where_columns(where))
    try:
        return folded.select(pl.sql_expr(folded_literals(where))).to_series().fill_null(False)
    except PolarsError:
        what = f"the condition `where: {where}` fails on some of its rows."
        raise SourceError(spec.name, what, "Compare texts with texts: every column is text.") from None


def folded_text(column: pl.Expr) -> pl.Expr:
    """NFC, case-folded, without spaces around."""
    return column.str.normalize("NFC").str.to_lowercase().str.strip_chars()


def folded_literals(where: str) -> str:
    """The expression with its quoted texts folded as the columns are; patterns with a backslash stay."""

    def fold(literal: re.Match[str]) -> str:
        text = unicodedata.normalize("NFC", literal[0])
        return text if "\\" in text else text.lower()

    return _LITERAL.sub(fold, where)


def _cells(attribute: str, columns: Sequence[str], rules: EntityRules) -> pl.Expr:
    """What a mapping of one attribute to columns gives: a list of received texts, null when all are empty."""
    rule = rules.attributes[attribute]
    filled = [_filled(pl.col(name)) for name in columns]
    if len(columns) == 1:
        return _listed(filled[0])
    if rule.standardiser in DATE_STANDARDISERS and len(columns) <= 3:
        return _listed(_date(filled))
    if attribute == "address" or rule.standardiser == "address":
        if rule.standardiser == "address":
            filled = [_with_type(cell, name) for cell, name in zip(filled, columns, strict=True)]
        return _listed(_joined(filled, ", "))
    if attribute in SPACED or rule.standardiser in SPACED_STANDARDISERS:
        return _listed(_joined(filled, " "))
    several = pl.concat_list(filled).list.drop_nulls()
    return pl.when(several.list.len() > 0).then(several)


def _filled(column: pl.Expr) -> pl.Expr:
    return pl.when(column.str.strip_chars() != "").then(column)


def _listed(text: pl.Expr) -> pl.Expr:
    return pl.when(text.is_not_null()).then(pl.concat_list(text))


def _joined(texts: Sequence[pl.Expr], separator: str) -> pl.Expr:
    stripped = [text.str.strip_chars() for text in texts]
    joined = pl.concat_str(stripped, separator=separator, ignore_nulls=True)
    return pl.when(joined != "").then(joined)


def _with_type(cell: pl.Expr, column: str) -> pl.Expr:
    """The cell of a column of units with its type before a bare number: `5` under `phuong` is `Phường 5`."""
    spaced = re.sub(r"(?<=[^\W\d_])(?=[^\W\d_])", _between_words, unicodedata.normalize("NFC", column))
    words = re.findall(r"[a-z]+", plain(spaced))
    units = {NUMBERED_UNITS[word] for word in words if word in NUMBERED_UNITS}
    if len(units) != 1 or CODES & set(words):
        return cell
    number = cell.str.strip_chars()
    return pl.when(number.str.contains(r"^(0?[1-9]|[1-9]\d)$")).then(pl.lit(f"{units.pop()} ") + number).otherwise(cell)


def _between_words(at: re.Match[str]) -> str:
    """A space where a capital follows a small letter (`TenPhuong`)."""
    before, after = at.string[at.start() - 1], at.string[at.start()]
    return " " if before.islower() and after.isupper() else ""


def _date(parts: Sequence[pl.Expr]) -> pl.Expr:
    """Day, month, year (or month, year) as one ISO text, which no date order can misread; zeros are unknown parts.

    Parts that are no such numbers are joined by `/`, for the standardiser to judge.
    """
    day, month, year = (None, *parts) if len(parts) == 2 else parts
    known = [None if p is None else p.str.strip_chars().str.strip_chars_start("0") for p in (day, month, year)]
    d, m, y = (pl.lit(None, pl.String) if p is None else pl.when(p != "").then(p) for p in known)
    plain = y.str.contains(r"^[12]\d{3}$") & m.str.contains(r"^\d{1,2}$").fill_null(True)
    plain = plain & d.str.contains(r"^\d{1,2}$").fill_null(True)
    iso = pl.concat_str(
        y,
        pl.when(m.is_not_null()).then(pl.lit("-") + m.str.zfill(2)).otherwise(pl.lit("")),
        pl.when(m.is_not_null() & d.is_not_null()).then(pl.lit("-") + d.str.zfill(2)).otherwise(pl.lit("")),
    )
    return pl.when(plain).then(iso).otherwise(_joined(parts, "/"))


def _out_of_text(
    cells: pl.DataFrame, column: str, rules: EntityRules, knowledge: Knowledge
) -> tuple[pl.DataFrame, dict[str, pl.Expr]]:
    """A row for each party that the text names, and what the text says of it; organisations only where they belong."""
    texts = cells[column].drop_nulls().unique().sort()
    read = pl.DataFrame({column: texts, _OWNERS: owners(texts, knowledge)["owners"]})
    cells = cells.join(read, on=column, how="left", maintain_order="left").drop_nulls(_OWNERS)
    cells = cells.explode(_OWNERS, empty_as_null=True, keep_nulls=True)
    owner = pl.col(_OWNERS).struct
    organisation = owner.field("relation").eq_missing("organisation")
    wanted = rules.attributes["name"].standardiser == "organisation_name"
    cells = cells.filter(owner.field("name").is_not_null() & (organisation if wanted else ~organisation))
    said = {attribute: _listed(owner.field(attribute)) for attribute in FROM_TEXT if attribute in rules.mapped}
    return cells, said


def _numbered(frames: Sequence[pl.DataFrame], spec: SourceSpec, rules: EntityRules) -> pl.DataFrame:
    """All parties of an entity type, numbered within their row in the order of the mapping and of the text."""
    every = pl.concat(frames, how="diagonal")
    if not every[ROW].is_sorted():
        every = every.sort(ROW, maintain_order=True)
    place = pl.int_range(pl.len(), dtype=pl.UInt32)
    first = pl.when(pl.col(ROW) != pl.col(ROW).shift()).then(place).forward_fill().fill_null(0)
    numbered = every.with_columns((place - first + 1).cast(pl.UInt16).alias("party"))
    key = pl.col(KEY)
    alone = (numbered["party"] == 1).all()  # as in most sources
    further = key if alone else pl.when(pl.col("party") > 1).then(pl.format("{}#{}", key, "party")).otherwise(key)
    absent = [a + RECEIVED for a in rules.mapped if a + RECEIVED not in every.columns]
    return numbered.select(
        *(pl.lit(spec.name).alias("source"), key.alias("row_key"), pl.col(LINE).alias("line"), "party"),
        *(further.alias("source_id"), "role"),
        *(pl.lit(None, _CELLS).alias(a) if a in absent else pl.col(a) for a in (x + RECEIVED for x in rules.mapped)),
    )
