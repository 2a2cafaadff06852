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
    sources: pl.DataFrame
    """source, rows, put, deleted, set_aside, state"""
    set_aside: pl.DataFrame
    """source, line, rule"""
    findings: pl.DataFrame
    """source, attribute, rule, findings"""
    entities: Sequence[EntityReport] = ()
    notes: Sequence[str] = field(default=())


@dataclass(frozen=True)
class EntityReport:
    """One entity type's part of the page."""

    entity: str
    levels: pl.DataFrame
    """comparison, level, order, weight"""
    edges: pl.DataFrame
    """bits, zone, pairs"""
    sizes: pl.DataFrame
    """records, golden"""
    tasks: pl.DataFrame
    """left_source, right_source, pairs"""


def render(report: Report) -> str:
    """The page as HTML text, complete in itself."""
    parts = [
        f"<h1>Đối soát, lần chạy {report.run}<small>Reconciliation, run {report.run}: "
        f"{escape(report.workspace)}</small></h1>",
        _cards(report.facts),
        *(f"<p class=note>{escape(note)}</p>" for note in report.notes),
        _section("Nguồn", "Sources", _table(report.sources)),
        _section("Dòng bị loại", "Rows set aside", _table(report.set_aside)) if report.set_aside.height else "",
        _findings(report.findings),
        *(_entity(entity) for entity in report.entities),
    ]
    title = f"mdm: run {report.run}"
    return (
        f'<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>'
        f"<body><main>{''.join(parts)}</main></body></html>\n"
    )


def _entity(report: EntityReport) -> str:
    figures = [f"<h2>{escape(report.entity.capitalize())}</h2>"]
    if report.sizes.height:
        figures.append(
            _figure("Bản ghi vàng theo số bản ghi", "Golden records by size", charts.cluster_sizes(report.sizes))
        )
    if report.edges.height:
        figures.append(_figure("Trọng số các cặp", "Weights of pairs", charts.edge_weights(report.edges)))
    if report.levels.height:
        figures.append(_figure("Mô hình", "What agreement weighs", charts.weights(report.levels)))
    if report.tasks.height:
        figures.append(_section("Chờ người xét", "Waiting for a reviewer, by sources", _table(report.tasks)))
    return "".join(figures)


def _findings(findings: pl.DataFrame) -> str:
    if not findings.height:
        return ""
    top = findings.sort("findings", "source", "attribute", "rule", descending=[True, False, False, False]).head(30)
    return _figure("Chất lượng dữ liệu", "Data quality findings", charts.findings(top)) + _table(top)


def _cards(facts: Mapping[str, object]) -> str:
    cards = (f"<div><b>{escape(_text(value))}</b><span>{escape(label)}</span></div>" for label, value in facts.items())
    return f"<div class=cards>{''.join(cards)}</div>"


def _section(vietnamese: str, english: str, body: str) -> str:
    return f"<section><h3>{vietnamese}<small>{english}</small></h3>{body}</section>"


def _figure(vietnamese: str, english: str, chart: alt.TopLevelMixin) -> str:
    return _section(vietnamese, english, f"<figure>{charts.svg(chart)}</figure>")


def _table(frame: pl.DataFrame) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in frame.columns)
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(_text(cell))}</td>' for cell in row)}</tr>" for row in frame.head(LISTED).rows()
    )
    rest = frame.height - LISTED
    more = f"<p>… và {rest:,} dòng nữa / and {rest:,} more</p>" if rest > 0 else ""
    return f"<div class=wide><table><tr>{head}</tr>{rows}</table></div>{more}"


def _text(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 "Be Vietnam Pro", "Noto Sans", system-ui, sans-serif }
body { margin: 0; background: Canvas; color: CanvasText }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1rem 4rem }
h1, h2, h3 { line-height: 1.2 } h2 { margin-top: 3rem; border-bottom: 2px solid #1b7f5c }
small { display: block; font-weight: 400; font-size: .6em; opacity: .7 } h3 small { font-size: .75em }
.cards { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.5rem 0 }
.cards div { flex: 1 1 9rem; padding: .75rem 1rem; border: 1px solid #8884; border-radius: .5rem }
.cards b { display: block; font-size: 1.4rem; overflow-wrap: anywhere; font-variant-numeric: tabular-nums }
.cards span { opacity: .7; font-size: .85rem }
.note { padding: .75rem 1rem; border-left: 4px solid #d98e04; background: #d98e0418 }
.wide { overflow-x: auto } table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: .25rem .75rem; text-align: left; border-bottom: 1px solid #8883 }
figure { margin: 0; padding: 1rem; background: #fff; border-radius: .5rem; overflow-x: auto }
"""
