"""Ordinary names as whole columns: two to six words with the surname in front, and nothing else.

A word is a Vietnamese syllable, an initial with its dot, or one that no rule changes (a slip, a foreign name). A text
is taken only where reading it word by word could come to nothing else: what looks like a title, a note, a placeholder,
another order, a torn or glued word, or a surname of several words is left to `name_reading`.
"""

from __future__ import annotations

import polars as pl

from mdm.standardise.name_reading import stays
from mdm.standardise.name_words import MIDDLES, Lexicon, proves_order, token
from mdm.standardise.syllables import LETTERS

_MOST = 6
_SMALL = "".join(sorted(LETTERS))
_CAPITALS = "".join(sorted(letter.upper() for letter in LETTERS))
_WORD, _LETTER = rf"(?:[{_SMALL}{_CAPITALS}]{{2,8}}|[{_CAPITALS}]\.)", rf"[{_SMALL}{_CAPITALS}]"
_SHAPE = rf"^{_WORD}(?: {_WORD}){{0,{_MOST - 2}}} (?:{_WORD}|{_LETTER})$"
_CASED = rf"(?:[{_CAPITALS}][{_SMALL}]*|[{_CAPITALS}]+)\.?"
_REGULAR = rf"^{_CASED}(?: {_CASED})+$"
"""Capitals throughout, or at the front of each word: there nothing is torn, and no inner capital says what is glued."""
_DRESSES = ("title", "key", "plain")


def ordinary(texts: pl.DataFrame, words: Lexicon) -> pl.DataFrame:
    """`_row` and the fields of `person_name` for the ordinary ones among `text`; other rows are left out."""
    text = pl.col("text")
    composed = texts.lazy().select("_row", text.str.normalize("NFC"))  # all that repairing would do
    small, regular = text.str.to_lowercase().alias("small"), text.str.contains(_REGULAR).alias("regular")
    shaped = composed.filter(text.str.contains(_SHAPE)).select("_row", small, regular).collect()
    said = pl.col("small").str.contains_any(words.note_marks) | pl.col("small").is_in(sorted(words.no_name))
    shaped = shaped.filter(~said)
    cut = shaped.select("_row", "regular", pl.col("small").str.splitn(" ", _MOST).alias("word")).unnest("word")
    dressed = _dressed(cut, words)
    return dressed.filter(_is_ordinary(words)).select("_row", *_fields())


def _dressed(cut: pl.DataFrame, words: Lexicon) -> pl.DataFrame:
    """Each word's dresses beside it, as `title_0`, `key_0`, …: what is known of a word is found once."""
    names = [f"field_{i}" for i in range(_MOST)]
    distinct = pl.concat([cut[name] for name in names]).unique().drop_nulls()
    table = _table(distinct, words)
    for i, name in enumerate(names):
        beside = table.rename({column: f"{column}_{i}" for column in table.columns[1:]})
        cut = cut.join(beside, left_on=name, right_on="word", how="left", maintain_order="left")
    return cut


def _table(distinct: pl.Series, words: Lexicon) -> pl.DataFrame:
    dresses = [token(word) for word in distinct]
    return pl.DataFrame(
        {
            "word": distinct,
            "title": [dress.title for dress in dresses],
            "key": [dress.key for dress in dresses],
            "plain": [dress.plain for dress in dresses],
            "legal": [dress.legal for dress in dresses],
            "clear": [dress.key in words.clear for dress in dresses],
            "common": [dress.key in words.common for dress in dresses],
            "stays": [dress.legal or stays(word, words) for word, dress in zip(distinct, dresses, strict=True)],
            "surname": [proves_order(dress, words) or dress.plain == "van" for dress in dresses],
            "odd": [
                word.rstrip(".") in words.lone_starts or dress.plain in words.prefixes
                for word, dress in zip(distinct, dresses, strict=True)
            ],
            "between": [word in words.between for word in distinct],
            "end": [dress.plain in words.last_ends for dress in dresses],
        },
        schema={
            **dict.fromkeys(("word", *_DRESSES), pl.String),
            **dict.fromkeys(("legal", "clear", "common", "stays", "surname", "odd", "between", "end"), pl.Boolean),
        },
    )


def _is_ordinary(words: Lexicon) -> pl.Expr:
    torn = ~pl.col("legal_0") & pl.concat_str("plain_0", "plain_1").is_in(sorted(words.plain_clear))
    as_written = _all("legal") | (pl.col("regular") & _all("stays") & ~torn)
    starts = pl.concat_str("field_0", "field_1", separator=" ").is_in(sorted(words.pair_starts))
    doubles = [" ".join(start) for start in sorted(words.double_starts)]
    double = pl.concat_str("plain_0", "plain_1", separator=" ").is_in(doubles)
    leads = pl.col("clear_0") | (pl.col("surname_0") & ~_last("plain").is_in(sorted(MIDDLES)))
    other_order = (~leads & _any("common", 1)) | (_last("field") == "thị")
    odd = pl.col("odd_0") | starts | double | other_order | _any("between", 1) | _any("end", 0)
    return as_written & ~odd


def _all(flag: str) -> pl.Expr:
    return pl.all_horizontal(pl.col(f"{flag}_{i}").fill_null(value=True) for i in range(_MOST))


def _any(flag: str, start: int) -> pl.Expr:
    return pl.any_horizontal(pl.col(f"{flag}_{i}").fill_null(value=False) for i in range(start, _MOST))


def _last(dress: str) -> pl.Expr:
    return pl.coalesce(f"{dress}_{i}" for i in reversed(range(1, _MOST)))


def _fields() -> list[pl.Expr]:
    title, key, plain = (
        pl.concat_str([pl.col(f"{dress}_{i}") for i in range(_MOST)], separator=" ", ignore_nulls=True)
        for dress in _DRESSES
    )
    inner = [pl.when(pl.col(f"plain_{i + 1}").is_not_null()).then(f"plain_{i}") for i in range(1, _MOST - 1)]
    middle = pl.concat_str(inner, separator=" ", ignore_nulls=True)
    first_letters = [pl.col(f"plain_{i}").str.head(1) for i in range(_MOST)]
    return [
        title.alias("value"),
        key.alias("key"),
        plain.alias("plain"),
        pl.col("plain_0").alias("surname"),
        pl.when(middle != "").then(middle).alias("middle"),
        _last("plain").alias("given"),
        plain.str.split(" ").list.sort().list.join(" ").alias("sorted"),
        pl.concat_str(first_letters, ignore_nulls=True).alias("initials"),
        pl.lit(None, pl.String).alias("alias"),
        pl.lit(None, pl.String).alias("finding"),
    ]
