"""Names of organisations, given as distinctive words (core), words for lines of business, legal form and branch.

Where no distinctive word is left, the lines stand in for the core, and where there are none either, the whole name.
A branch is not its parent: names whose branches differ, or of which only one has a branch, are never more than
`parent_branch`.

- exact: the whole name is the same.
- same_core_lines: same core, same lines of business, legal forms that don't contradict each other.
- lines_partial: same core, the lines of one are all among the other's (or it names none), forms that don't
  contradict.
- other_form: same core, lines equal or partial, and two different legal forms.
- same_core: same core, other lines.
- close_core: cores alike but for spaces or a slip: Jaro–Winkler without spaces at least 0.95, the same digits.
- contained: the words of one core are all among the other's (`phuc an`, `phuc an phat`: rather two firms), or one
  core is the initials of the other's three words or more.
- overlap: at least half of the longer core's words are shared.
- parent_branch: the core would be same_core or close_core, but the branches differ.
- differs: none of these.
"""

from __future__ import annotations

import polars as pl

from matchers.comparisons._levels import beside, equal, known, only_where, sides, strongest
from matchers.comparisons._similarity import jaro_winkler, same_digits, shared_words

LEVELS = (
    "exact",
    "same_core_lines",
    "lines_partial",
    "other_form",
    "same_core",
    "close_core",
    "contained",
    "overlap",
    "parent_branch",
    "differs",
)
FIELDS = ("key", "core", "lines", "form", "branch")


def reference(left: pl.DataFrame, right: pl.DataFrame) -> pl.Series:
    """Agreement of two names, all fields String: UInt8 codes of LEVELS, 0 where a key is null."""
    pairs = beside(_with_core(left), _with_core(right), FIELDS)
    branch, other_branch = sides("branch")
    same_branch = branch.eq_missing(other_branch)
    pairs = pairs.with_columns(
        close_core=_close_core(pairs),
        lines_agree=only_where(pairs, equal("core") & known("lines"), _lines_agree),
    )
    pairs = pairs.with_columns(
        _in_common(pairs, ~pl.col("close_core") & same_branch),
        initials=only_where(pairs, ~pl.col("close_core") & same_branch, _initials_of_other),
    )
    lines, other_lines = sides("lines")
    same_form = equal("form") | ~known("form")
    same_core = equal("core") & same_branch
    lines_agree = pl.col("lines_agree") | ~known("lines")
    return strongest(
        pairs,
        LEVELS,
        known("key"),
        exact=equal("key") & same_branch,
        same_core_lines=same_core & lines.eq_missing(other_lines) & same_form,
        lines_partial=same_core & lines_agree & same_form,
        other_form=same_core & lines_agree,
        same_core=same_core,
        close_core=pl.col("close_core") & same_branch,
        contained=(pl.col("shared") == pl.col("fewer")) | pl.col("initials"),
        overlap=pl.col("shared") * 2 >= pl.col("more"),
        parent_branch=pl.col("close_core"),
    )


def _with_core(names: pl.DataFrame) -> pl.DataFrame:
    return names.with_columns(pl.coalesce("core", "lines", "key").alias("core"))


def _close_core(pairs: pl.DataFrame) -> pl.Series:
    """Equal or close; `2` and `3` at the end of a name are two firms."""
    left, right = sides("core")
    joined = (side.str.replace_all(" ", "", literal=True) for side in (left, right))
    pairs = pairs.select(left, right, alike=jaro_winkler(pairs, *joined))
    digits = only_where(pairs, pl.col("alike") >= 0.95, lambda few: few.select(same_digits(left, right)).to_series())
    return digits.fill_null(value=False)


def _lines_agree(pairs: pl.DataFrame) -> pl.Series:
    shared, fewer, _ = shared_words(pairs, *sides("lines"))
    return shared == fewer


def _in_common(pairs: pl.DataFrame, rows: pl.Expr) -> list[pl.Series]:
    """`shared`, `fewer` and `more` words of the cores, where `rows` holds."""
    counted = only_where(pairs, rows, lambda few: shared_words(few, *sides("core")).to_struct("words"))
    return counted.struct.unnest().get_columns()


def _initials_of_other(pairs: pl.DataFrame) -> pl.Series:
    """One core is a word made of the first letters of the other's words, three or more."""
    left, right = sides("core")
    return pairs.select(_is_initials(left, right) | _is_initials(right, left)).to_series()


def _is_initials(short: pl.Expr, long: pl.Expr) -> pl.Expr:
    words = long.str.count_matches(" ", literal=True) + 1
    letters = pl.when((words >= 3) & (short.str.len_chars() == words)).then(long)
    return letters.str.replace_all(r"(\S)\S*\s*", "$1") == short
