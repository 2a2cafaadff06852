"""The report's charts, drawn once into SVG: no script, nothing fetched, sharp in print."""

from __future__ import annotations

import altair as alt
import polars as pl
import vl_convert as vlc

ZONES = {"link": "#1b7f5c", "review": "#d98e04", "none": "#9aa5b1"}
WIDTH = 720


def svg(chart: alt.TopLevelMixin) -> str:
    """The chart as SVG text."""
    return vlc.vegalite_to_svg(chart.to_dict())


def weights(levels: pl.DataFrame) -> alt.Chart:
    """Bars of log2 m/u for each level of each comparison; `levels`: comparison, level, order, weight (bits)."""
    chart: alt.Chart = (
        alt.Chart(levels)
        .mark_bar()
        .encode(
            x=alt.X("weight:Q", title="trọng số / match weight (log₂ m/u, bits)"),
            y=alt.Y("level:N", sort=alt.SortField("order"), title=None),
            color=alt.condition("datum.weight > 0", alt.value(ZONES["link"]), alt.value("#b4443c")),
            row=alt.Row("comparison:N", title=None, header=alt.Header(labelAngle=0, labelAlign="left"), sort=None),
        )
        .properties(width=WIDTH - 200)
        .resolve_scale(y="independent")
    )
    return chart


def edge_weights(edges: pl.DataFrame) -> alt.Chart:
    """Histogram of the weights of kept pairs; `edges`: bits (whole), zone, pairs."""
    chart: alt.Chart = (
        alt.Chart(edges)
        .mark_bar()
        .encode(
            x=alt.X("bits:Q", title="trọng số / match weight (bits)", bin=alt.Bin(step=1)),
            y=alt.Y("pairs:Q", title="cặp / pairs"),
            color=alt.Color(
                "zone:N", scale=alt.Scale(domain=list(ZONES), range=list(ZONES.values())), title="vùng / zone"
            ),
        )
        .properties(width=WIDTH, height=220)
    )
    return chart


def cluster_sizes(sizes: pl.DataFrame) -> alt.Chart:
    """Bars of golden records by how many records they hold; `sizes`: records, golden."""
    chart: alt.Chart = (
        alt.Chart(sizes)
        .mark_bar(color="#31688e")
        .encode(
            x=alt.X("records:O", title="bản ghi trong một bản ghi vàng / records in a golden record"),
            y=alt.Y("golden:Q", title="bản ghi vàng / golden records", scale=alt.Scale(type="symlog")),
        )
        .properties(width=WIDTH, height=200)
    )
    return chart


def findings(counts: pl.DataFrame) -> alt.Chart:
    """Bars of data-quality findings; `counts`: source, attribute, rule, findings."""
    chart: alt.Chart = (
        alt.Chart(counts.with_columns((pl.col("attribute") + " · " + pl.col("rule")).alias("what")))
        .mark_bar()
        .encode(
            x=alt.X("sum(findings):Q", title="phát hiện / findings"),
            y=alt.Y("what:N", sort="-x", title=None),
            color=alt.Color("source:N", title="nguồn / source"),
        )
        .properties(width=WIDTH - 200)
    )
    return chart
