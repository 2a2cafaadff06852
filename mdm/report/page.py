"""One HTML page from what a run left behind: a function of its arguments. It names lines and counts, never values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

import altair as alt
import polars as pl

from mdm.report import charts

LISTED = 200
"""Rows of a list that the page shows; the rest is counted."""


@dataclass(frozen=True)
class Report:
    """What the page shows. Frames: see the charts and tables that read them."""

    workspace: str
    run: int
    facts: Mapping[str, object]
    """The cards at the top, in order: label → number or text."""
    digests: Mapping[str, str]
    """label → digest"""
    sources: pl.DataFrame
    """source, rows, put, deleted, set_aside"""
    set_aside: pl.DataFrame
    """source, line, rule"""
    findings: pl.DataFrame
    """source, attribute, rule, severity, findings, vi, en"""
    entities: Sequence[EntityReport] = ()
    notes: Sequence[str] = field(default=())


@dataclass(frozen=True)
class EntityReport:
    """One entity type's part of the page."""

    entity: str
    levels: pl.DataFrame
    """comparison, level, stranger, related"""
    edges: pl.DataFrame
    """bits, zone, pairs"""
    sizes: pl.DataFrame
    """records, golden"""
    tasks: pl.DataFrame
    """left_source, right_source, pairs"""

    @property
    def records(self) -> int:
        """Live records of this entity type."""
        return int((self.sizes["records"].cast(pl.Int64) * self.sizes["golden"].cast(pl.Int64)).sum())


def render(report: Report) -> str:
    """The page as HTML text, complete in itself."""
    parts = [
        f"<h1>Đối soát, lần chạy {report.run}<small>Reconciliation, run {report.run}: "
        f"{escape(report.workspace)}</small></h1>",
        _cards(report.facts),
        *(f"<p class=note>{escape(note)}</p>" for note in report.notes),
        _section("Nguồn", "Sources", _table(report.sources)),
        _set_aside(report.set_aside),
        *(_entity(entity) for entity in report.entities),
        _findings(report.findings),
        _digests(report.digests),
    ]
    return (
        f'<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>mdm: run {report.run}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>'
        f"<body><main>{''.join(parts)}</main></body></html>\n"
    )


def _entity(report: EntityReport) -> str:
    golden = int(report.sizes["golden"].sum())
    figures = [
        f"<h2>{escape(report.entity.capitalize())}<small>{report.records:,} bản ghi → {golden:,} bản ghi vàng / "
        f"{report.records:,} records → {golden:,} golden records</small></h2>"
    ]
    pair = ""
    if report.sizes.height:
        pair += _figure("Bản ghi vàng theo số bản ghi", "Golden records by size", charts.cluster_sizes(report.sizes))
    if report.edges.height:
        pair += _figure("Trọng số các cặp", "Weights of pairs", charts.edge_weights(report.edges))
    figures.append(f"<div class=pair>{pair}</div>")
    if report.levels.height:
        title = (
            "Mỗi mức khớp nặng bao nhiêu",
            "What agreement weighs: bars against strangers, ticks against relatives",
        )
        figures.append(_figure(*title, charts.weights(report.levels)))
    if report.tasks.height:
        waiting = _folded(f"{int(report.tasks['pairs'].sum()):,} cặp / pairs", _table(report.tasks))
        figures.append(_section("Chờ người xét", "Waiting for a reviewer, by sources", waiting))
    return "".join(figures)


def _set_aside(rows: pl.DataFrame) -> str:
    if not rows.height:
        return ""
    return _section("Dòng bị loại", "Rows set aside", _folded(f"{rows.height:,} dòng / rows", _table(rows)))


def _findings(findings: pl.DataFrame) -> str:
    if not findings.height:
        return ""
    order = ["findings", "source", "attribute", "rule"]
    most = findings.sort(order, descending=[True, False, False, False])
    title = "<h2>Chất lượng dữ liệu<small>Data quality findings</small></h2>"
    lists = (_graded(most.filter(pl.col("severity") == grade), names) for grade, names in GRADES.items())
    return title + _drawn(charts.findings(most.head(CHARTED))) + "".join(lists)


def _graded(findings: pl.DataFrame, names: str) -> str:
    if not findings.height:
        return ""
    counted = f"{names}: {int(findings['findings'].sum()):,}"
    return _folded(counted, _table(findings.select("source", "attribute", "rule", "findings", "vi", "en")))


def _digests(digests: Mapping[str, str]) -> str:
    lines = "<br>".join(f"{escape(label)} <code>{escape(digest)}</code>" for label, digest in digests.items())
    return f"<footer>{lines}</footer>"


def _cards(facts: Mapping[str, object]) -> str:
    cards = (f"<div><b>{escape(_text(value))}</b><span>{escape(label)}</span></div>" for label, value in facts.items())
    return f"<div class=cards>{''.join(cards)}</div>"


def _section(vietnamese: str, english: str, body: str) -> str:
    return f"<section><h3>{vietnamese}<small>{english}</small></h3>{body}</section>"


def _figure(vietnamese: str, english: str, chart: alt.TopLevelMixin) -> str:
    return _section(vietnamese, english, _drawn(chart))


def _drawn(chart: alt.TopLevelMixin) -> str:
    return f"<figure>{charts.svg(chart)}</figure>"


def _folded(summary: str, body: str) -> str:
    return f"<details><summary>{escape(summary)}</summary>{body}</details>"


def _table(frame: pl.DataFrame) -> str:
    kinds = [" class=n" if dtype.is_numeric() else "" for dtype in frame.dtypes]
    names = (COLUMNS.get(name, name) for name in frame.columns)
    head = "".join(f"<th{kind}>{escape(name)}</th>" for kind, name in zip(kinds, names, strict=True))
    rows = "".join(f"<tr>{_cells(row, kinds)}</tr>" for row in frame.head(LISTED).rows())
    rest = frame.height - LISTED
    more = f"<p>… và {rest:,} dòng nữa / and {rest:,} more</p>" if rest > 0 else ""
    return f"<div class=wide><table><tr>{head}</tr>{rows}</table></div>{more}"


def _cells(row: Sequence[object], kinds: Sequence[str]) -> str:
    return "".join(f"<td{kind}>{escape(_text(cell))}</td>" for kind, cell in zip(kinds, row, strict=True))


def _text(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


CHARTED = 30
"""Kinds of findings that the chart shows."""
GRADES = {
    "error": "Lỗi, giá trị không được dùng / Errors, the value is not used",
    "warning": "Nghi vấn, giá trị được dùng / Doubtful, the value is used",
    "info": "Ghi chú, đã sửa hoặc chưa đủ / Notes, repaired or incomplete",
}
COLUMNS = {
    "source": "nguồn / source",
    "rows": "dòng / rows",
    "put": "mới, sửa / put",
    "deleted": "xoá / deleted",
    "set_aside": "bị loại / set aside",
    "line": "dòng số / line",
    "rule": "quy tắc / rule",
    "attribute": "thuộc tính / attribute",
    "findings": "phát hiện / findings",
    "vi": "nghĩa là",
    "en": "meaning",
    "left_source": "nguồn / source",
    "right_source": "nguồn kia / other source",
    "pairs": "cặp / pairs",
}
STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 "Be Vietnam Pro", "Noto Sans", system-ui, sans-serif }
body { margin: 0; background: Canvas; color: CanvasText }
main { max-width: 62rem; margin: 0 auto; padding: 2rem 1rem 4rem }
h1, h2, h3 { line-height: 1.2; margin-bottom: .75rem } h1 { margin-top: 0 }
h2 { margin-top: 2.5rem; padding-bottom: .4rem; border-bottom: 2px solid #1b7f5c }
small { display: block; font-weight: 400; font-size: .6em; opacity: .7 } h3 small { font-size: .75em }
.cards { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.25rem 0 }
.cards div { flex: 1 1 9rem; padding: .75rem 1rem; border: 1px solid #8884; border-radius: .5rem }
.cards b { display: block; font-size: 1.5rem; font-variant-numeric: tabular-nums }
.cards span { opacity: .7; font-size: .85rem }
.note { padding: .75rem 1rem; border-left: 4px solid #d98e04; background: #d98e0418 }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(24rem, 1fr)); gap: 0 1.5rem }
.wide { overflow-x: auto } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { padding: .2rem .75rem; text-align: left; border-bottom: 1px solid #8883 }
th { font-size: .85rem; font-weight: 400; opacity: .7 } .n { text-align: right }
figure { margin: 0; padding: .75rem; background: #fff; border-radius: .5rem; overflow-x: auto }
svg { display: block; max-width: 100%; height: auto } summary { cursor: pointer; margin: .5rem 0 }
footer { margin-top: 3rem; font-size: .85rem; opacity: .7 }
"""
