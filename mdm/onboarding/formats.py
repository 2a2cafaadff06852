"""The format of a text: what is left when its letters and digits no longer say anything (`079185…` is `999999…`)."""

from __future__ import annotations

import polars as pl

LONGEST = 40
_STEPS = (
    (r"\p{Lu}", "A"),
    (r"[\p{Ll}\p{Lo}\p{Lt}\p{Lm}]", "a"),
    (r"\p{M}", ""),
    (r"\p{N}", "9"),
    (r"\b[Aa]*[A][Aa]*a[Aa]*\b|\b[Aa]*a[Aa]*A[Aa]*\b", "Aa"),
    (r"\bAA+\b", "AA"),
    (r"\baa+\b", "a"),
    (r"\s+", " "),
    (r"^((?:\S+ ){5})\S.*$", "${1}…"),
    (rf"^(.{{{LONGEST}}}).+$", "${1}…"),
)


def formats(texts: pl.Expr) -> pl.Expr:
    """The format of each text: a digit is `9`, a capital `A`, a small letter `a`; `12/3 Lê Lợi` is `99/9 Aa Aa`.

    A word of letters alone is `Aa`, `AA` or `a` however long; where digits stand in it every character counts
    (`A9999999`). A sixth word and what follows is `…`.
    """
    for pattern, stands_for in _STEPS:
        texts = texts.str.replace_all(pattern, stands_for)
    return texts
