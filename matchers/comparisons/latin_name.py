"""Names in Latin letters, given names first, of which either part may be mistyped, misheard or in the other's place.

Each part, given name and surname, is the same, close, alike or unlike; where that fits better, each side's given name
is held against the other's surname.

- exact: the same name.
- reordered: the same words in another order.
- middle_partial: same parts; the middle of one side is part of the other's, or is missing.
- abbreviated: same surname, and one given name is the initial of the other.
- one_close: one part the same, the other close.
- both_close: both parts close.
- middle_differs: same parts, with middles that contradict each other.
- one_alike: one part the same or close, the other alike.
- both_alike: both parts alike.
- part_same: one part the same, the other unknown on a side.
- given_same: same given name, or a given name that is the other's surname; the rest is unlike.
- surname_same: same surname, and given names that are unlike.
- part_alike: one part close or alike, the other unlike, or unknown on a side.
- differs: none of these.

*Close* words have one letter in four or more wrong, or have five and a Jaro–Winkler similarity of at least 0.93.
*Alike* words have three letters and a similarity of at least 0.8, or one letter wrong, or five and two wrong.
"""

from __future__ import annotations

import polars as pl

from matchers.comparisons._levels import beside, equal, known, only_where, sides, strongest
from matchers.comparisons._similarity import jaro_winkler, osa, shared_words

LEVELS = (
    "exact",
    "reordered",
    "middle_partial",
    "abbreviated",
    "one_close",
    "both_close",
    "middle_differs",
    "one_alike",
    "both_alike",
    "part_same",
    "given_same",
    "surname_same",
    "part_alike",
    "differs",
)
FIELDS = ("plain", "surname", "middle", "given", "sorted")

SAME, CLOSE, ALIKE, UNLIKE = 3, 2, 1, 0


def reference(left: pl.DataFrame, right: pl.DataFrame) -> pl.Series:
    """Agreement of two names, all fields String: UInt8 codes of LEVELS, 0 where a plain name is null."""
    pairs = _with_parts(beside(left, right, FIELDS))
    one, other, straight = pl.col("one"), pl.col("other"), ~pl.col("crosswise")
    both, worse, better = (
        one.is_not_null() & other.is_not_null(),
        pl.min_horizontal(one, other),
        pl.max_horizontal(one, other),
    )
    return strongest(
        pairs,
        LEVELS,
        known("plain"),
        exact=equal("plain"),
        reordered=equal("sorted"),
        middle_partial=both & (worse == SAME) & pl.col("middle_partial"),
        abbreviated=straight & equal("surname") & pl.col("abbreviated"),
        one_close=both & (worse == CLOSE) & (better == SAME),
        both_close=both & (worse == CLOSE),
        middle_differs=both & (worse == SAME),
        one_alike=both & (worse == ALIKE) & (better >= CLOSE),
        both_alike=both & (worse == ALIKE),
        part_same=~both & (better == SAME),
        given_same=(better == SAME) & ~(straight & equal("surname")),
        surname_same=better == SAME,
        part_alike=better >= ALIKE,
    )


def _with_parts(pairs: pl.DataFrame) -> pl.DataFrame:
    """Adds `one`, `other` (the likeness of the parts), `crosswise`, `middle_partial` and `abbreviated`."""
    given, other_given = sides("given")
    surname, other_surname = sides("surname")
    straight = (_likeness(pairs, given, other_given), _likeness(pairs, surname, other_surname))
    across = (_likeness(pairs, given, other_surname), _likeness(pairs, surname, other_given))
    crosswise = across[0].fill_null(0) + across[1].fill_null(0) > straight[0].fill_null(0) + straight[1].fill_null(0)
    chosen = pairs.with_columns(
        crosswise=crosswise,
        one=across[0].zip_with(crosswise, straight[0]),
        other=across[1].zip_with(crosswise, straight[1]),
        abbreviated=_is_initial(given, other_given) | _is_initial(other_given, given),
    )
    same = (pl.col("one") == SAME) & (pl.col("other") == SAME)
    return chosen.with_columns(middle_partial=only_where(chosen, same, _middle_partial))


def _likeness(pairs: pl.DataFrame, left: pl.Expr, right: pl.Expr) -> pl.Series:
    """SAME, CLOSE, ALIKE or UNLIKE (Int8); null where one is missing."""
    texts = pairs.select(left=left, right=right)
    a, b = pl.col("left"), pl.col("right")
    alike, wrong = pl.col("alike"), pl.col("wrong")
    shorter = pl.min_horizontal(a.str.len_chars(), b.str.len_chars())
    return (
        texts.with_columns(alike=jaro_winkler(texts, a, b), wrong=osa(texts, a, b, most=2))
        .select(
            pl.when(a == b)
            .then(SAME)
            .when(((shorter >= 4) & (wrong == 1)) | ((shorter >= 5) & (alike >= 0.93)))
            .then(CLOSE)
            .when((shorter >= 3) & ((alike >= 0.8) | (wrong == 1) | ((shorter >= 5) & (wrong == 2))))
            .then(ALIKE)
            .when(a.is_not_null() & b.is_not_null())
            .then(UNLIKE)
            .cast(pl.Int8)
        )
        .to_series()
    )


def _is_initial(short: pl.Expr, whole: pl.Expr) -> pl.Expr:
    return (short.str.len_chars() == 1) & whole.str.starts_with(short)


def _middle_partial(pairs: pl.DataFrame) -> pl.Series:
    """One side's middle words are all among the other's; a missing middle is part of any."""
    shared, fewer, _ = shared_words(pairs, *sides("middle"))
    return (shared == fewer).fill_null(value=True)
