"""The report's charts, drawn once into SVG: no script, nothing fetched, sharp in print."""

from __future__ import annotations

import re
from typing import Any

import altair as alt
import polars as pl
import vl_convert as vlc

ZONES = {"link": "#1b7f5c", "review": "#d98e04"}
FOR, AGAINST, PLAIN, INK = ZONES["link"], "#b4443c", "#31688e", "#20262d"
SOURCES = ("#31688e", "#1b7f5c", "#d98e04", "#b4443c", "#7a5195", "#4aa3a2", "#9c755f", "#6b7785")
HALF: dict[str, Any] = {"width": 360, "height": 220}
"""Two charts stand side by side."""
WHOLE = 960
LABELS = 300
"""Room at the left of a chart for the words of its bars."""
STYLE: dict[str, Any] = {
    "font": "sans-serif",
    "background": "#ffffff",
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titlePadding": 10,
        "labelColor": INK,
        "titleColor": INK,
        "gridColor": "#e6e9ec",
        "domainColor": "#9aa5b1",
        "labelLimit": LABELS,
    },
    "legend": {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "orient": "top"},
    "header": {"labelFontSize": 12, "labelFontWeight": "bold", "labelColor": INK},
    "text": {"fontSize": 11, "color": INK},
}


def svg(chart: alt.TopLevelMixin) -> str:
    """The chart as SVG text that grows no wider than its place."""
    drawn = vlc.vegalite_to_svg({**chart.to_dict(), "config": STYLE})
    return re.sub(r'(<svg [^>]*?)width="([\d.]+)" height="[\d.]+"', r'\1style="width: \2px"', drawn, count=1)


def cluster_sizes(sizes: pl.DataFrame) -> alt.TopLevelMixin:
    """Bars of golden records by how many records they hold; `sizes`: records, golden."""
    base = alt.Chart(sizes).encode(
        x=alt.X(
            "records:O",
            title="bản ghi trong một bản ghi vàng / records in a golden record",
            axis=alt.Axis(labelAngle=0),
        ),
        y=alt.Y("golden:Q", title="bản ghi vàng / golden records", axis=alt.Axis(tickCount=5, format=",d")),
    )
    figures = base.mark_text(dy=-7).encode(text=alt.Text("golden:Q", format=",d"))
    return alt.layer(base.mark_bar(color=PLAIN), figures).properties(**HALF)


def edge_weights(edges: pl.DataFrame) -> alt.TopLevelMixin:
    """Histogram of the weights of kept pairs; `edges`: bits (whole), zone, pairs."""
    chart: alt.TopLevelMixin = (
        alt.Chart(edges.with_columns((pl.col("bits") + 1).alias("next")))
        .mark_bar()
        .encode(
            x=alt.X(
                "bits:Q", bin="binned", title="trọng số / match weight (bits)", axis=alt.Axis(tickCount=8, format="d")
            ),
            x2="next:Q",
            y=alt.Y("pairs:Q", title="cặp / pairs", axis=alt.Axis(tickCount=5, format=",d"), stack=True),
            color=alt.Color(
                "zone:N",
                scale=alt.Scale(domain=list(ZONES), range=list(ZONES.values())),
                title="vùng / zone",
                legend=alt.Legend(orient="top-right"),
            ),
        )
        .properties(**HALF)
    )
    return chart


def weights(levels: pl.DataFrame) -> alt.TopLevelMixin:
    """What each level weighs, a bar against strangers and a tick against relatives.

    `levels`: comparison, level (strongest first), stranger, related (bits; null where no such class was found).
    """
    order = levels["comparison"].unique(maintain_order=True).to_list()
    header = alt.Header(labelAngle=0, labelAlign="left", labelPadding=6)
    base = alt.Chart(levels).encode(y=alt.Y("level:N", sort=None, title=None))
    bars = base.mark_bar().encode(
        x=alt.X("stranger:Q", title="trọng số / match weight (log₂ m/u, bits)"),
        color=alt.condition("datum.stranger > 0", alt.value(FOR), alt.value(AGAINST)),
    )
    ticks = base.mark_tick(color=INK, thickness=2, size=14).encode(x="related:Q")
    chart: alt.TopLevelMixin = (
        alt.layer(bars, ticks)
        .properties(width=WHOLE - LABELS)
        .facet(
            row=alt.Row("comparison:N", title=None, sort=order, header=header),
            spacing=10,
        )
        .resolve_scale(y="independent")
    )
    return chart


def findings(counts: pl.DataFrame) -> alt.TopLevelMixin:
    """Bars of data-quality findings; `counts`: source, attribute, rule, findings."""
    named = counts.with_columns((pl.col("attribute").fill_null("?") + ": " + pl.col("rule")).alias("what"))
    sources = alt.Scale(domain=named["source"].unique().sort().to_list(), range=list(SOURCES))
    chart: alt.TopLevelMixin = (
        alt.Chart(named)
        .mark_bar()
        .encode(
            x=alt.X("sum(findings):Q", title="phát hiện / findings", axis=alt.Axis(format=",d", tickMinStep=1)),
            y=alt.Y("what:N", sort="-x", title=None),
            color=alt.Color("source:N", title="nguồn / source", scale=sources, legend=alt.Legend(columns=8)),
        )
        .properties(width=WHOLE - LABELS)
    )
    return chart
