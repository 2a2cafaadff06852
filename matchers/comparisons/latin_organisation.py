"""Names of organisations, given as their words without the legal form, in any order.

- exact: the same words.
- respaced: the same letters with other spaces (`Bunny Land`, `Bunnyland`).
- close: alike but for a slip, in the given or the alphabet's order: Jaro–Winkler at least 0.93, the same digits.
- abbreviated: as many words, each equal to the other's or its beginning (`Pinnacle Chem`, `Pinnacle Chemicals`).
- initials: one name is the initials of the other.
- contained: the words of one are all among the other's.
- half: at least half of the longer one's words are shared.
- some: any word is shared.
- differs: none.
"""

from __future__ import annotations

import polars as pl

from matchers.comparisons._levels import beside, equal, known, only_where, sides, strongest
from matchers.comparisons._similarity import jaro_winkler, same_digits

LEVELS = ("exact", "respaced", "close", "abbreviated", "initials", "contained", "half", "some", "differs")
FIELDS = ("core", "initials", "words")


def reference(left: pl.DataFrame, right: pl.DataFrame) -> pl.Series:
    """Agreement of two names; `core`, `initials` String, `words` List(String): UInt8 codes, 0 where a core is null."""
    pairs = beside(_with_sorted(left), _with_sorted(right), (*FIELDS, "sorted"))
    core, other_core = sides("core")
    words, other_words = sides("words")
    pairs = pairs.with_columns(
        alike=jaro_winkler(pairs, core, other_core),
        alike_sorted=jaro_winkler(pairs, *sides("sorted")),
        shared=words.list.set_intersection(other_words).list.len(),
        fewer=pl.min_horizontal(words.list.len(), other_words.list.len()),
        more=pl.max_horizontal(words.list.len(), other_words.list.len()),
    )
    short = only_where(pairs, words.list.len() == other_words.list.len(), _word_by_word)
    initials, other_initials = sides("initials")
    return strongest(
        pairs.with_columns(abbreviated=short),
        LEVELS,
        known("core"),
        exact=equal("sorted"),
        respaced=_joined(core) == _joined(other_core),
        close=(pl.max_horizontal("alike", "alike_sorted") >= 0.93) & same_digits(core, other_core),
        abbreviated=pl.col("abbreviated"),
        initials=_is_initials(core, other_initials) | _is_initials(other_core, initials),
        contained=(pl.col("shared") == pl.col("fewer")) & (pl.col("fewer") > 0),
        half=pl.col("shared") * 2 >= pl.col("more"),
        some=pl.col("shared") > 0,
    )


def _with_sorted(names: pl.DataFrame) -> pl.DataFrame:
    return names.with_columns(pl.col("words").list.join(" ").alias("sorted"))


def _joined(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(" ", "", literal=True)


def _is_initials(core: pl.Expr, initials: pl.Expr) -> pl.Expr:
    """Of two words or more: `PM` for `Pinnacle Motors`, and for `Motors, Pinnacle` read backwards."""
    alone = _joined(core)
    return (initials.str.len_chars() >= 2) & ((alone == initials) | (alone == initials.str.reverse()))


def _word_by_word(pairs: pl.DataFrame) -> pl.Series:
    """Every word is the other's or its beginning, both in the order of the alphabet."""
    left, right = pl.col("left.words"), pl.col("right.words")
    words = pairs.select(left=left, right=right).with_row_index("pair")
    one, other = pl.col("left"), pl.col("right")
    found = (
        words.filter(one.list.len() > 0)
        .explode("left", "right")
        .group_by("pair")
        .agg(found=(one.str.starts_with(other) | other.str.starts_with(one)).all())
    )
    return words.join(found, on="pair", how="left", maintain_order="left")["found"]
