"""Names of people, given as surname, middle and given name, with or without marks on the letters.

What tells relatives apart is the given name, so a slip in it is a level of its own, and never a `close` name:
brothers and sisters share all the rest. All levels but `exact` read the plain (ASCII) forms.

- exact: same key (letters and marks, spelling variants folded).
- tones_lost: same plain name, and one side was written without any marks (`Nguyen Thi Hoa`, `Nguyễn Thị Hòa`).
- tones_differ: same plain name, other marks (`Trần Thị Lan`, `Trần Thị Lân`).
- reordered: the same words in another order.
- middle_partial: same surname and given name; the middle of one is part of the other's, or is missing.
- abbreviated: word by word equal, or one word is an initial or a dotted beginning of the other (`N. V. An`).
- close: same given name, surname and middle equal but for a slip, or the same letters with other spaces.
- middle_differs: same given name, surname equal but for a slip, middles that contradict each other.
- given_close: a slip in the given name; surname and middle equal but for a slip or a part.
- given_near: as given_close, where the given name is one letter off and too short for a slip (`Lan`, `Loan`: rather
  sisters).
- similar: surname and given name each equal, a slip or similar; or crosswise, one crossing equal, with middles that
  agree or are partial.
- given_same: same given name.
- surname_middle_same: same surname and middle, another given name: the shape of brothers and sisters.
- surname_same: same surname.
- differs: none of these.

A *slip* leaves two words of five letters or more with a Jaro–Winkler similarity of at least 0.93: in practice a
letter left out, doubled or swapped with its neighbour, or one replaced late in a long word. *Similar* words are at
least 0.85 alike and six letters long, or one letter off and three letters long. A name that has no parts is
compared as one given name.
"""

from __future__ import annotations

import polars as pl

from matchers.comparisons._levels import beside, equal, known, only_where, sides, strongest
from matchers.comparisons._similarity import jaro_winkler, osa, shared_words

LEVELS = (
    "exact",
    "tones_lost",
    "tones_differ",
    "reordered",
    "middle_partial",
    "abbreviated",
    "close",
    "middle_differs",
    "given_close",
    "given_near",
    "similar",
    "given_same",
    "surname_middle_same",
    "surname_same",
    "differs",
)
FIELDS = ("key", "plain", "surname", "middle", "given", "sorted")

SAME, SLIP, NEAR, SIMILAR, UNLIKE = 4, 3, 2, 1, 0
_SHORT_WORD = r"(?:^| )(?:\w|\w+\.)(?: |$)"


def reference(left: pl.DataFrame, right: pl.DataFrame) -> pl.Series:
    """Agreement of two names, all fields String: UInt8 codes of LEVELS, 0 where a plain name is null."""
    pairs = _with_parts(beside(_with_given(left), _with_given(right), FIELDS))
    surname, given, middle = pl.col("surname"), pl.col("given"), pl.col("middle")
    rest_agrees = ((surname >= SLIP) | _neither("surname")) & ((middle >= SLIP) | pl.col("middle_partial"))
    return strongest(
        pairs,
        LEVELS,
        known("plain"),
        exact=equal("key"),
        tones_lost=equal("plain") & (_is_ascii("left.key") | _is_ascii("right.key")),
        tones_differ=equal("plain"),
        reordered=equal("sorted"),
        middle_partial=equal("surname") & equal("given") & pl.col("middle_partial"),
        abbreviated=pl.col("abbreviated"),
        close=(equal("given") & rest_agrees) | pl.col("respaced"),
        middle_differs=equal("given") & (surname >= SLIP),
        given_close=(given >= SLIP) & rest_agrees,
        given_near=(given == NEAR) & rest_agrees,
        similar=((surname >= SIMILAR) & (given >= SIMILAR)) | (pl.col("crosswise") & pl.col("middle_partial")),
        given_same=equal("given"),
        surname_middle_same=equal("surname") & equal("middle"),
        surname_same=equal("surname"),
    )


def _with_given(names: pl.DataFrame) -> pl.DataFrame:
    return names.with_columns(pl.coalesce("given", "plain").alias("given"))


def _with_parts(pairs: pl.DataFrame) -> pl.DataFrame:
    """Adds the likeness of the parts, each where those before it leave something to find out."""
    pairs = pairs.with_columns(
        surname=_likeness(pairs, *sides("surname")), abbreviated=_abbreviated(pairs), respaced=_respaced(pairs)
    )
    pairs = pairs.with_columns(
        given=only_where(
            pairs,
            (pl.col("surname") >= SIMILAR) | _neither("surname"),
            lambda few: _likeness(few, *sides("given")),
        ),
        crosswise=_crosswise(pairs),
    )
    aligned = pl.col("given") >= NEAR
    return pairs.with_columns(
        middle=only_where(pairs, aligned, lambda few: _likeness(few, *sides("middle"))),
        middle_partial=only_where(pairs, aligned | pl.col("crosswise"), _middle_partial),
    )


def _likeness(pairs: pl.DataFrame, left: pl.Expr, right: pl.Expr) -> pl.Series:
    """SAME, SLIP, NEAR (one letter off), SIMILAR or UNLIKE; null where one is missing."""
    texts = pairs.select(left=left, right=right)
    a, b = pl.col("left"), pl.col("right")
    shorter = pl.min_horizontal(a.str.len_chars(), b.str.len_chars())
    return (
        texts.with_columns(alike=jaro_winkler(texts, a, b), slips=osa(texts, a, b), shorter=shorter)
        .select(
            pl.when(a == b)
            .then(SAME)
            .when((pl.col("shorter") >= 5) & (pl.col("alike") >= 0.93))
            .then(SLIP)
            .when((pl.col("shorter") >= 3) & (pl.col("slips") == 1))
            .then(NEAR)
            .when((pl.col("shorter") >= 6) & (pl.col("alike") >= 0.85))
            .then(SIMILAR)
            .when(a.is_not_null() & b.is_not_null())
            .then(UNLIKE)
            .cast(pl.Int8)
        )
        .to_series()
    )


def _crosswise(pairs: pl.DataFrame) -> pl.Series:
    """Surname and given name changed places: one of the two crossings equal, the other at least similar."""
    surname, other_surname = sides("surname")
    given, other_given = sides("given")

    def similar(few: pl.DataFrame) -> pl.Series:
        there, back = _likeness(few, surname, other_given), _likeness(few, given, other_surname)
        return (there >= SIMILAR) & (back >= SIMILAR)

    return only_where(pairs, (surname == other_given) | (given == other_surname), similar)


def _abbreviated(pairs: pl.DataFrame) -> pl.Series:
    """As many words on both sides, each equal or cut short on one side, and a whole word of two letters shared."""
    left, right = sides("plain")
    short = left.str.contains(_SHORT_WORD) | right.str.contains(_SHORT_WORD)
    return only_where(pairs, (left != right) & short, _word_by_word)


def _word_by_word(pairs: pl.DataFrame) -> pl.Series:
    left, right = (side.str.split(" ") for side in sides("plain"))
    words = pairs.select(left=left, right=right).with_row_index("pair")
    same = pl.col("left") == pl.col("right")
    fits = same | _shortens("left", "right") | _shortens("right", "left")
    whole = same & (pl.col("left").str.len_chars() >= 2)
    found = (
        words.filter(pl.col("left").list.len() == pl.col("right").list.len())
        .explode("left", "right")
        .group_by("pair")
        .agg(found=fits.all() & whole.any())
    )
    return words.join(found, on="pair", how="left", maintain_order="left")["found"]


def _shortens(short: str, whole: str) -> pl.Expr:
    beginning = pl.col(short).str.strip_chars_end(".")
    is_short = (pl.col(short).str.len_chars() == 1) | pl.col(short).str.ends_with(".")
    return is_short & (beginning != "") & pl.col(whole).str.starts_with(beginning)


def _middle_partial(pairs: pl.DataFrame) -> pl.Series:
    """One side's middle words are all among the other's; a missing middle is part of any."""
    shared, fewer, _ = shared_words(pairs, *sides("middle"))
    return (shared == fewer).fill_null(value=True)


def _respaced(pairs: pl.DataFrame) -> pl.Series:
    left, right = (side.str.replace_all(" ", "", literal=True) for side in sides("plain"))
    return pairs.select(left == right).to_series()


def _neither(field: str) -> pl.Expr:
    left, right = sides(field)
    return left.is_null() & right.is_null()


def _is_ascii(column: str) -> pl.Expr:
    return pl.col(column).str.len_bytes() == pl.col(column).str.len_chars()
