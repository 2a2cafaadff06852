"""What a data-quality finding means and how grave it is, as `rules/words/findings.csv` says."""

from __future__ import annotations

import polars as pl

from mdm.standardise.knowledge import Knowledge

TABLE = "words/findings.csv"
SEVERITIES = ("error", "warning", "info")
"""The gravest first: the value is not used; it is used, and doubtful; it was repaired, or says less than it could."""
DIMENSIONS = ("đúng", "đủ", "sạch", "sống")
"""What the state asks of its data (Project 06): right, complete, clean, living."""
COLUMNS = ("rule", "severity", "dimension", "vi", "en")
UNNAMED = "warning"
"""The severity of a finding that the table doesn't grade."""


def meanings(knowledge: Knowledge) -> pl.DataFrame:
    """rule, severity, dimension, vi, en (String): a row for each finding that the rule set knows."""
    if TABLE not in knowledge.files:  # a rule set exported before there was one
        return pl.DataFrame(schema=dict.fromkeys(COLUMNS, pl.String))
    return knowledge.table(TABLE).select(COLUMNS)


def severity(rule: pl.Expr, knowledge: Knowledge) -> pl.Expr:
    """How grave a finding of this rule is; one that the table doesn't grade is a warning."""
    known = meanings(knowledge).filter(pl.col("severity").is_in(SEVERITIES))
    return rule.replace_strict(known["rule"], known["severity"], default=UNNAMED, return_dtype=pl.String)
