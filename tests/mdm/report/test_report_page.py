"""The report of a run: one page, complete in itself, that names counts and lines and never a person's values."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mdm import pipeline, versions
from mdm.errors import UsageError
from mdm.generate import generate
from mdm.report import Report, build, render
from mdm.report.page import EntityReport
from mdm.repository import Repository, exports, queries
from mdm.workspace import Workspace

SKELETON = Path(__file__).with_name("page.txt")
FETCHING = {"script", "link", "img", "iframe", "object", "embed", "audio", "video", "source", "base", "form", "image"}


class Page(HTMLParser):
    """What matters of a page: its tags with attributes, and the words outside of drawings."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._within: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        if tag not in ("meta", "br"):
            self._within.append(tag)
        if tag == "svg":
            self.words.append("figure: (a drawing)")

    def handle_endtag(self, tag: str) -> None:
        while self._within and self._within.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not {"svg", "style"} & set(self._within):
            self.words.append(f"{self._within[-1]}: {data.strip()}")


def frame(columns: str, *rows: tuple[object, ...], numbers: str = "") -> pl.DataFrame:
    kinds: Mapping[str, Any] = {name: pl.Int64 if name in numbers.split() else pl.String for name in columns.split()}
    return pl.DataFrame(list(rows), schema=kinds, orient="row")


def town() -> Report:
    """A run of two sources, written by hand."""
    counts = "rows put deleted set_aside"
    levels = {"comparison": pl.String, "level": pl.String, "stranger": pl.Float64, "related": pl.Float64}
    citizen = EntityReport(
        entity="citizen",
        levels=pl.DataFrame(
            [("name", "exact", 12.5, 1.5), ("name", "differs", -8.0, -6.5), ("sex", "exact", 1.0, 0.0)],
            schema=levels,
            orient="row",
        ),
        edges=frame("bits zone pairs", (14, "review", 2), (30, "link", 5), numbers="bits pairs"),
        sizes=frame("records golden", (1, 3), (2, 4), numbers="records golden"),
        tasks=frame("left_source right_source pairs", ("dan_cu", "y_te", 2), numbers="pairs"),
    )
    return Report(
        workspace="town",
        run=7,
        facts={"bản ghi / records": 11, "cặp chờ xét / pairs waiting": 2, "không rõ / unknown": None},
        digests={"partition digest": "0" * 32},
        sources=frame(f"source {counts}", ("dan_cu", 6, 6, 0, 0), ("y_te", 5, 1, 1, 1), numbers=counts),
        set_aside=frame("source line rule", ("y_te", 4, "repeated_key"), numbers="line"),
        findings=frame(
            "source attribute rule severity findings vi en",
            ("y_te", "birth_date", "new_year", "info", 3, "Chỉ biết năm", "Only the year is known"),
            ("dan_cu", "phone", "invalid", "error", 1, "Sai quy tắc", "Breaks the rules"),
            numbers="findings",
        ),
        entities=[citizen],
        notes=["source nha_o: nha_o.csv is not there."],
    )


@pytest.fixture(scope="module")
def page() -> str:
    return render(town())


def test_the_page_shows_what_it_showed(page: str) -> None:
    """A snapshot that a person can read; delete page.txt to write it again."""
    shown = "\n".join(Page(page).words) + "\n"
    if not SKELETON.exists():
        SKELETON.write_text(shown, "utf-8")
    assert shown == SKELETON.read_text("utf-8")


def assert_fetches_nothing(text: str) -> None:
    tags = Page(text).tags
    assert {tag for tag, _ in tags} & FETCHING == set()
    for tag, attributes in tags:
        for name, value in attributes.items():
            assert not name.startswith("on"), f"{tag} has a handler {name}"
            if name in ("href", "xlink:href", "src", "srcset", "action", "data"):
                assert (value or "").startswith("#"), f"{tag} {name}"
    assert re.findall(r"url\((?!#|&quot;#|\"#)", text) == []
    assert "@import" not in text
    names = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}  # of XML languages: nobody fetches them
    assert set(re.findall(r"\w+://[^\s\"'<>]+", text)) <= names


def test_the_page_fetches_nothing_and_runs_no_script(page: str) -> None:
    assert_fetches_nothing(page)


def test_texts_from_outside_are_escaped() -> None:
    odd = "<script>alert(1)</script>&"
    text = render(replace(town(), workspace=odd, notes=[odd], facts={odd: odd}))
    assert "<script" not in text
    assert text.count("&lt;script&gt;") == 4


def test_a_run_without_anything_has_a_page_too() -> None:
    nothing = EntityReport(
        "citizen",
        levels=town().entities[0].levels.clear(),
        edges=town().entities[0].edges.clear(),
        sizes=town().entities[0].sizes.clear(),
        tasks=town().entities[0].tasks.clear(),
    )
    report = town()
    text = render(
        replace(
            report,
            sources=report.sources.clear(),
            set_aside=report.set_aside.clear(),
            findings=report.findings.clear(),
            entities=[nothing],
        )
    )
    assert "<svg" not in text
    assert "Dòng bị loại" not in text
    assert "0 records" in text


def test_a_long_list_is_cut_and_the_rest_counted() -> None:
    rows = [("y_te", line, "repeated_key") for line in range(1, 1301)]
    text = render(replace(town(), set_aside=frame("source line rule", *rows, numbers="line"), entities=[]))
    assert "1,300 dòng / rows" in text
    assert text.count("repeated_key") == 200
    assert "and 1,100 more" in text


def test_a_model_without_relatives_has_no_ticks_for_them() -> None:
    (citizen,) = town().entities
    without = replace(citizen, levels=citizen.levels.with_columns(pl.lit(None, pl.Float64).alias("related")))
    with_ticks, bare = (render(replace(town(), entities=[each])) for each in (citizen, without))
    drawn = [len(re.findall(r'aria-roledescription="tick"', text)) for text in (with_ticks, bare)]
    assert drawn[0] == 3
    assert drawn[1] == 0


# Of a real run


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Some people of the synthetic city, reconciled; one row of health stands twice, differently."""
    folder = tmp_path_factory.mktemp("report") / "city"
    generate(folder, people=150, seed=3)
    extract = folder / "y_te.csv"
    lines = extract.read_text("utf-8").splitlines()
    extract.write_text("\r\n".join([*lines, re.sub(r",[^,]*$", ",0900000001", lines[1])]) + "\r\n", "utf-8")
    workspace = Workspace.open(folder)
    pipeline.run(workspace)
    return workspace


@pytest.fixture(scope="module")
def written(city: Workspace) -> str:
    with Repository.open(city.repository_url) as repository:
        path = build.write(repository, versions.published(repository), city.folder)
    assert path.name == "report-1.html"
    return path.read_text("utf-8")


def test_the_report_of_a_city_fetches_nothing_and_is_small(written: str) -> None:
    assert_fetches_nothing(written)
    assert len(written.encode()) < 300_000


def test_the_report_holds_no_personal_value(city: Workspace, written: str) -> None:
    with Repository.open(city.repository_url) as repository:
        golden = exports.golden(repository, {"citizen": ["name", "phone", "personal_id", "address", "birth_date"]})
        rows = [
            cell
            for source in city.sources
            for received in queries.live_rows(repository, source)["received"]
            for cell in json.loads(received).values()
        ]
        crosswalk = exports.crosswalk(repository)
    values = {cell.strip() for cell in rows if cell is not None}
    for column in golden.columns[3:]:
        values |= {part for cell in golden[column].drop_nulls() for part in cell.split("|")}
    values |= set(crosswalk["source_id"]) | set(crosswalk["golden_id"])
    telling = {value for value in values if len(value) >= 6}
    assert len(telling) > 1_000
    drawing = r'<style>.*?</style>| (?:d|transform|viewBox|style|[xy][12]?|width|height)="[^"]*"'
    told = re.sub(drawing, "", written)
    assert "aria-label" in told
    assert [value for value in sorted(telling) if value in told] == []


def test_the_report_tells_what_the_repository_knows(city: Workspace, written: str) -> None:
    with Repository.open(city.repository_url) as repository:
        summary = queries.run_summary(repository)
        aside = queries.set_aside(repository)
    words = Page(written).words
    assert f"b: {summary['records']:,}" in words
    assert f"b: {summary['golden']:,}" in words
    assert f"code: {summary['partition_digest']}" in words
    assert aside["rule"].unique().to_list() == ["repeated_key"]
    assert words.count("td: repeated_key") == aside.height == 2
    assert [word for word in words if word.startswith("h2: ")][:2] == ["h2: Citizen", "h2: Business"]


def test_a_run_that_never_was_has_no_report(city: Workspace) -> None:
    with Repository.open(city.repository_url) as repository:
        rule_set = versions.published(repository)
        with pytest.raises(UsageError, match="there is no run 9"):
            build.write(repository, rule_set, city.folder, 9)
    assert not (city.folder / "report-9.html").exists()
