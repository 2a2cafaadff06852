"""Addresses a column at a time: exactly what reading text by text gives, many times faster.

A city writes a million addresses, but its house numbers make most of them distinct: of premises without their numbers
and of what follows them there are a few thousand each. So every shape and every ending that is steady
(`address_probes`) is read once, and columns put them together. A shape whose words may mean something else at another
place (a unit's name, initials, a street that was renamed in one district) is read once with each place. Whatever is not
steady, or too rare to be worth its probes, is read as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from mdm.standardise.address_probes import MARKS, NUMBERED, Placed, Probes, Reading

WORTHWHILE = 4
"""Texts that must share a shape before it is probed; reading so few one by one costs no more."""

_STEP = r"[1-9][0-9]{0,3}(?:[A-Za-z]|(?i-u:bis|ter))?"
_PATH = rf"{_STEP}(?:/{_STEP})*"
_LETTER = "A-Za-zÀ-ÃÅ-ÏÑ-ÖØ-ïñ-öø-ƈƊ-ɏẠ-ỹ"
"""Letters that `text.repair` leaves as they are; Ä may be half of one decoded twice."""
_WORD = rf"[{_LETTER}0-9./'-]+"
_WORDS = rf"{_WORD}(?: {_WORD})*"
_ENDING = rf"((?:, ?{_WORDS})+)?"
_NUMBERED = (
    r"^(?:([^0-9,]{0,12} )?([A-Z][1-9][0-9]?\.[0-9]{1,2}), )?"  # 1, 2: an apartment with its code
    r"((?i:(?:nhà |nha )?(?:số|so)(?: nhà| nha)?|sn|nhà|nha|s)\.? )?"  # 3: what announces a house
    rf"(?:({_PATH})|([A-E][1-9][0-9]{{0,2}}(?:/{_STEP})+)|(F[1-9][0-9]{{0,2}}(?:/{_STEP})+)) "  # 4, 5, 6: it
    rf"(?:((?i:hẻm|hem|ngõ|ngo|ngách|ngach|kiệt|kiet) )({_PATH}) )?"  # 7, 8: its alley
    rf"([{_LETTER}]{_WORDS}|[0-9]{{1,2}}(?:/| (?i:tháng|thang) )[0-9]{{1,2}}){_ENDING}$"  # 9, 10: street, ending
)
_MARKED = ("2", "4", "5", "6", "8")
_BARE = rf"^({_WORDS}){_ENDING}$"


class AddressColumns:
    """`Reading.read` on whole columns."""

    def __init__(self, reading: Reading, worthwhile: int = WORTHWHILE) -> None:
        self.reading = reading
        self.probes = Probes(reading)
        self.worthwhile = worthwhile
        self.first, self.others = tuple(reading.names[:NUMBERED]), tuple(reading.names[NUMBERED:])

    def read(self, values: pl.Series) -> pl.DataFrame:
        """Distinct texts → their fields (`Reading.names`), all String, a row each; null gives nulls."""
        texts = self._cut(values)
        done = [self._apart(texts)]
        rest = texts.join(done[0], on="row", how="anti")
        done.append(self._together(rest))
        rest = rest.join(done[1], on="row", how="anti")
        fields = [
            (None,) * len(self.reading.names) if text is None else self.reading.read(text) for text in rest["text"]
        ]
        done.append(_table({"row": rest["row"].to_list()}, fields, self.reading.names))
        return pl.concat(done).sort("row").drop("row")

    def _cut(self, values: pl.Series) -> pl.DataFrame:
        """row, text, shape (premises with marks), ending (with its comma), and the numbers, a column a mark."""
        texts = pl.DataFrame({"text": values.cast(pl.String)}).with_row_index("row")
        cut = texts.with_columns(pl.col("text").str.extract_groups(_NUMBERED).alias("cut")).unnest("cut")
        code, path, lettered, announcing, alley = (pl.col(group) for group in _MARKED)
        # Numbers that a text repeats (`2/47 hẻm 2`) don't vary by themselves.
        twice = (_first(path) == _first(alley)).fill_null(False) | _says("9", path) | _says("9", alley)
        reserved = path.str.to_lowercase().is_in(self.reading.reserved).fill_null(False)
        cut = cut.with_columns(numbered=pl.col("9").is_not_null() & ~twice & ~reserved)
        shape = pl.concat_str(
            *(pl.col("1").fill_null(""), _mark(code, MARKS[0] + ", "), pl.col("3").fill_null("")),
            *(_mark(path, MARKS[1] + " "), _mark(lettered, MARKS[2] + " "), _mark(announcing, MARKS[3] + " ")),
            *(pl.col("7").fill_null(""), _mark(alley, MARKS[4] + " "), "9"),
        )
        bare = pl.when(~pl.col("numbered")).then("text").str.extract_groups(_BARE)
        cut = cut.with_columns(bare.struct.rename_fields(["b1", "b2"]).alias("bare")).unnest("bare")
        either = pl.when("numbered")
        return cut.select(
            *("row", "text", either.then(shape).otherwise("b1").alias("shape")),
            either.then("10").otherwise("b2").fill_null("").alias("ending"),
            *(_shown(either.then(pl.col(group))).alias(mark) for mark, group in zip(MARKS, _MARKED, strict=True)),
        )

    def _apart(self, texts: pl.DataFrame) -> pl.DataFrame:
        """Addresses whose premises and ending are read apart: row and fields."""
        shapes = {text: fields for text in self._common(texts, "shape") if (fields := self.probes.shape(text))}
        endings = {text: ending for text in self._common(texts, "ending") if (ending := self.probes.ending(text))}
        left = _table({"shape": list(shapes)}, list(shapes.values()), self.first)
        added = [(ending.value, *ending.fields) for ending in endings.values()]
        right = _table({"ending": list(endings)}, added, ("added", *self.others))
        both = texts.join(self._flagged(left, 0), on="shape").join(self._flagged(right, 1), on="ending")
        both = both.filter(~(pl.col("divided") & pl.col("divided_right")))
        value, *others = (_numbered(left[name]) for name in self.first)
        return both.select("row", pl.concat_str(value, "added").alias(self.first[0]), *others, *self.others)

    def _flagged(self, table: pl.DataFrame, side: int) -> pl.DataFrame:
        """With `divided`: whether the street (side 0) or the place (side 1) is one that house numbers divide."""
        known = table.select(
            pl.col(name) if name in table.columns else pl.lit(None, pl.String).alias(name)
            for name in self.reading.names
        )
        return table.with_columns(
            pl.Series("divided", [self.reading.divided(row)[side] for row in known.rows()], pl.Boolean)
        )

    def _together(self, texts: pl.DataFrame) -> pl.DataFrame:
        """Addresses whose shape is read with its ending, or with another one that adds the same: row and fields."""
        alike: dict[object, str] = {}
        steady = {
            text: alike.setdefault(found, text)
            for text in self._common(texts, "ending")
            if (found := self.probes.ending(text)) is not None
        }
        # An ending may stand for others where it surely names the place, and only which street it is depends on it.
        streets = [
            shape for shape in texts["shape"].drop_nulls().unique() if self.probes.placed(shape) is Placed.STREET
        ]
        merged = pl.when(pl.col("shape").is_in(streets)).then(pl.col("ending").replace(steady)).otherwise("ending")
        texts = texts.with_columns(merged.alias("ending"), steady=pl.col("ending").is_in(list(steady)))
        # An ending that is not steady may belong to the premises, and repeat their numbers.
        kept = pl.col("steady") | ~(_says("ending", pl.col(MARKS[1])) | _says("ending", pl.col(MARKS[4])))
        pairs = (
            texts.filter(kept).drop_nulls("shape").group_by("shape", "ending").agg(pl.len(), pl.col("steady").first())
        )
        worthwhile = pl.when("steady").then(min(2, self.worthwhile)).otherwise(self.worthwhile)
        pairs = pairs.filter(pl.col("len") >= worthwhile).select("shape", "ending").sort("shape", "ending")
        read = {pair: fields for pair in pairs.rows() if (fields := self.probes.whole(*pair))}
        shapes, endings = [[pair[side] for pair in read] for side in (0, 1)]
        table = _table({"shape": shapes, "ending": endings}, list(read.values()), self.reading.names)
        both = texts.filter(kept).join(table, on=["shape", "ending"])
        return both.select("row", *(_numbered(table[name]) for name in self.first), *self.others)

    def _common(self, texts: pl.DataFrame, column: str) -> list[str]:
        """The values that enough texts share, in their order."""
        counts = texts.drop_nulls("shape").group_by(column).len()
        return counts.filter(pl.col("len") >= self.worthwhile)[column].sort().to_list()


def _first(number: pl.Expr) -> pl.Expr:
    return number.str.extract(r"^[A-Z]?([0-9]+)")


def _says(text: str, number: pl.Expr) -> pl.Expr:
    """Whether a text holds the first figures of a number as a number."""
    return pl.col(text).str.extract_all("[0-9]+").list.contains(_first(number)).fill_null(False)


def _mark(number: pl.Expr, mark: str) -> pl.Expr:
    return pl.when(number.is_not_null()).then(pl.lit(mark)).otherwise(pl.lit(""))


def _shown(number: pl.Expr) -> pl.Expr:
    """`address_probes.shown_number` on a column."""
    upper = number.str.to_uppercase()
    return upper.str.replace_all("BIS", "Bis", literal=True).str.replace_all("TER", "Ter", literal=True)


def _numbered(fields: pl.Series) -> pl.Expr:
    """The field of this name with its numbers in the places of the marks that any of `fields` has."""
    field = pl.col(fields.name)
    for mark in MARKS:
        if fields.str.contains(mark, literal=True).any():
            field = field.str.replace(mark, pl.col(mark).fill_null(""), literal=True)
    return field


def _table(
    keys: Mapping[str, Sequence[object]], rows: Sequence[Sequence[str | None]], names: Sequence[str]
) -> pl.DataFrame:
    """Keys beside fields, which are all text."""
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    fields = [pl.Series(name, column, pl.String) for name, column in zip(names, columns, strict=True)]
    return pl.DataFrame(
        [*(pl.Series(name, key, pl.UInt32 if name == "row" else pl.String) for name, key in keys.items()), *fields]
    )
