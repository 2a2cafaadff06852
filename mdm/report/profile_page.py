"""The page of `mdm profile`: a function of a survey. It shows values as received, so it is for the steward alone."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path

from mdm.errors import MdmError
from mdm.report.page import STYLE
from mdm.survey import ColumnSurvey, Counted, Reading, SourceSurvey, Survey, Suspicion

NAME = "profile.html"
PRIVATE = (
    "Trang này chứa dữ liệu cá nhân: giữ như giữ chính dữ liệu gốc, đừng gửi đi.",
    "This page holds personal data: keep it as you keep the extracts, and send it to nobody.",
)
HABITS = {"date order": "thứ tự ngày tháng / date order", "1 January": "ngày 1 tháng 1 / 1 January"}
UNUSED = "không dùng / not mapped"
GOOD, FAIR = 0.95, 0.7
"""Shares from which a bar is green, and amber."""
SHOWN = 60
"""Characters of a value that are shown."""


def write(survey: Survey, folder: Path) -> Path:
    """Write the page into the workspace, readable by its owner only; gives its path. Raises MdmError."""
    path = folder / NAME
    text = render(survey)
    try:
        # A folder of our own is its owner's alone from the start, and so is what is written in it.
        with tempfile.TemporaryDirectory(prefix=".profile-", dir=folder) as private:
            beside = Path(private) / NAME
            beside.touch(mode=0o600)
            beside.write_text(text, "utf-8")
            beside.replace(path)
    except OSError as error:
        raise MdmError(f"{path}: could not be written: {error.strerror or type(error).__name__}.") from None
    return path


def render(survey: Survey) -> str:
    """The page as HTML text, complete in itself."""
    sources = survey.sources
    facts = {
        "nguồn / sources": len(sources),
        "dòng / rows": sum(source.rows for source in sources),
        "cột / columns": sum(len(source.columns) for source in sources),
        "điểm cần xem / to look at": sum(len(source.suspicions) + bool(source.problem) for source in sources),
    }
    parts = [
        f"<h1>Hồ sơ dữ liệu nhận được<small>Profile of the extracts: {escape(survey.workspace)}</small></h1>",
        f"<p class=note>{PRIVATE[0]}<br>{PRIVATE[1]}</p>",
        "<div class=cards>",
        *(f"<div><b>{value:,}</b><span>{escape(label)}</span></div>" for label, value in facts.items()),
        "</div>",
        f"<nav>{''.join(_link(source) for source in sources)}</nav>" if len(sources) > 1 else "",
        *(_source(source, survey.meanings) for source in sources),
    ]
    return (
        f'<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>mdm: {escape(survey.workspace)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}{OWN_STYLE}</style></head>'
        f"<body><main>{''.join(parts)}</main></body></html>\n"
    )


def _link(source: SourceSurvey) -> str:
    looked = len(source.suspicions) + bool(source.problem)
    return f'<a href="#{escape(source.source)}">{escape(source.source)}{f" <i>{looked}</i>" if looked else ""}</a>'


def _source(source: SourceSurvey, meanings: Mapping[str, tuple[str, str]]) -> str:
    head = f'<h2 id="{escape(source.source)}">{escape(source.source)}<small>{escape(source.path)}</small></h2>'
    problem = f"<p class=note>{escape(source.problem)}</p>" if source.problem else ""
    if not source.columns:
        return head + problem
    columns = "".join(_column(source, column, meanings) for column in source.columns)
    sampled = source.sample < source.rows and bool(source.readings)
    note = (
        f"<p class=small>Chuẩn hoá thử trên {source.sample:,} dòng / standardised on a sample of "
        f"{source.sample:,} rows; mọi số đếm khác là của cả tệp / all else is counted over all rows.</p>"
    )
    return "".join((
        head,
        problem,
        _facts(source),
        _looked_at(source.suspicions),
        _section("Các cột", "Columns", f"<div class=columns>{_LEGEND}{columns}</div>{note if sampled else ''}"),
        _habits(source),
        _shared(source),
    ))  # fmt: skip


def _facts(source: SourceSurvey) -> str:
    encoding = source.encoding or "–"
    if source.encoding_confidence is not None:
        encoding += f" ({source.encoding_confidence:.0%})"
    aside = ", ".join(f"{each.text.replace('_', ' ')} {each.rows:,}" for each in source.set_aside) or "0"
    facts = {
        "dòng / rows": f"{source.rows:,}",
        "bảng mã / encoding": encoding,
        "khóa / key": " + ".join(source.key) or "–",
        "dòng bị loại / set aside": aside,
    }
    cells = "".join(f"<div><dt>{label}</dt><dd>{escape(value)}</dd></div>" for label, value in facts.items())
    why = f"<p class=small>{escape(source.encoding_evidence)}</p>" if source.encoding_evidence else ""
    return f"<dl class=facts>{cells}</dl>{why}"


def _looked_at(suspicions: Sequence[Suspicion]) -> str:
    if not suspicions:
        return ""
    lines = (
        f"<li><b>{escape(each.column)}</b> {escape(each.vietnamese)}<small>{escape(each.english)}</small></li>"
        for each in suspicions
    )
    return _section("Cần xem", "To look at", f"<ul class=look>{''.join(lines)}</ul>")


_LEGEND = (
    "<div class=legend><span>cột → thuộc tính / column → attribute</span><span>có giá trị / filled</span>"
    "<span>hợp lệ / valid</span><span>khác nhau / distinct</span></div>"
)


def _column(source: SourceSurvey, column: ColumnSurvey, meanings: Mapping[str, tuple[str, str]]) -> str:
    readings = [reading for reading in source.readings if column.name in reading.columns]
    role = ", ".join(dict.fromkeys(_called(reading) for reading in readings))
    role = role or next((said for columns, said in _uses(source) if column.name in columns), UNUSED)
    valid = [share for reading in readings if (share := reading.validity) is not None]
    summary = (
        f"<summary><span class=name>{escape(column.name)}<small>{escape(role)}</small></span>"
        f"{_bar(column.completeness, 'có giá trị / filled')}"
        f"{_bar(min(valid), 'hợp lệ / valid', graded=True) if valid else '<span class=bar></span>'}"
        f"<span class=n>{column.distinct:,}</span></summary>"
    )
    encoding = f"{column.encoding or '?'} ({column.encoding_confidence:.0%})" if column.encoding_confidence else "ASCII"
    lengths = f"{column.shortest}–{column.longest}, thường / usually {column.median}"
    facts = f"<p class=small>độ dài / length {lengths} · bảng mã / encoding {escape(encoding)}</p>"
    body = _counted("Dạng viết", "Formats", column.formats, column.filled, code=True)
    if column.distinct < column.filled:
        body += _counted("Giá trị hay gặp", "Commonest values", column.values, column.filled)
    elif column.filled:
        body += "<div><h4>Mỗi giá trị một lần<small>Each value stands once</small></h4></div>"
    body += "".join(_reading(reading, meanings, several=len(readings) > 1) for reading in readings)
    return f"<details>{summary}<div class=body>{facts}<div class=pair>{body}</div></div></details>"


def _uses(source: SourceSurvey) -> list[tuple[tuple[str, ...], str]]:
    return [(source.key, "khóa / key"), (source.conditions, "điều kiện / condition")]


def _called(reading: Reading) -> str:
    return f"{reading.entity}{f' ({reading.role})' if reading.role else ''}: {reading.attribute}"


def _bar(share: float, label: str, *, graded: bool = False) -> str:
    grade = "" if not graded else " good" if share >= GOOD else " fair" if share >= FAIR else " poor"
    text = _percent(share)
    return f'<span class="bar{grade}" title="{label}"><i style="width:{share:.1%}"></i><b>{text}</b></span>'


def _percent(share: float) -> str:
    """Never 100 % of what isn't all, nor 0 % of what is some."""
    if 0 < share < 0.001:
        return "< 0.1 %"
    if 0.999 < share < 1:
        return "> 99.9 %"
    return f"{share * 100:.1f}".removesuffix(".0") + " %"


def _counted(vietnamese: str, english: str, counted: Iterable[Counted], of: int, *, code: bool = False) -> str:
    rows = "".join(
        f"<tr><td>{_value(each.text, code=code)}</td><td>{_bar(each.rows / of, english)}</td>"
        f"<td class=n>{each.rows:,}</td></tr>"
        for each in counted
    )
    return f"<div><h4>{vietnamese}<small>{english}</small></h4><table class=bars>{rows}</table></div>" if rows else ""


def _value(text: str, *, code: bool = False) -> str:
    shown = escape(text if len(text) <= SHOWN else f"{text[:SHOWN]}…")
    return f"<code>{shown}</code>" if code else shown


def _reading(reading: Reading, meanings: Mapping[str, tuple[str, str]], *, several: bool) -> str:
    title = f"<small>{escape(_called(reading))} · {escape(reading.standardiser)}</small>"
    parts = ""
    if reading.findings:
        rows = "".join(
            f"<tr><td>{escape(meanings.get(each.text, (each.text, each.text))[0])}"
            f"<small>{escape(each.text)}: {escape(meanings.get(each.text, ('', ''))[1])}</small></td>"
            f"<td>{_bar(each.rows / reading.cells, 'findings')}</td><td class=n>{each.rows:,}</td></tr>"
            for each in reading.findings
        )
        parts += f"<div><h4>Phát hiện / Findings{title}</h4><table class=bars>{rows}</table></div>"
    if reading.examples:
        rows = "".join(
            f"<tr><td>{_value(each.received)}</td><td>→ {_value(each.canonical) if each.canonical else '–'}</td>"
            f"<td class=n>{each.rows:,}</td></tr>"
            for each in reading.examples
        )
        parts += f"<div><h4>Nhận → chuẩn hoá / Received → canonical{title}</h4><table>{rows}</table></div>"
    if several and not parts:
        parts = f"<div><h4>{title}</h4></div>"
    return parts


def _habits(source: SourceSurvey) -> str:
    if not source.habits:
        return ""
    rows = "".join(
        f"<tr><td>{escape(HABITS.get(each.name, each.name))}</td><td><b>{escape(each.value)}</b></td>"
        f"<td>{escape(each.evidence)}</td></tr>"
        for each in source.habits
    )
    title = (
        ("Thói quen đã chốt", "Habits, frozen in the adopted version")
        if source.frozen
        else ("Thói quen sẽ chốt khi thiết lập", "Habits that the first run would freeze")
    )
    return _section(*title, f"<div class=wide><table>{rows}</table></div>")


def _shared(source: SourceSurvey) -> str:
    if not source.shared:
        return ""
    rows = "".join(
        f"<tr><td>{escape(each.attribute)}</td><td>{escape(each.column)}</td><td class=n>{each.values:,}</td>"
        f"<td class=n>{each.rows:,}</td>"
        f"<td>{', '.join(f'{_value(one.value)} ({one.names:,})' for one in each.most)}</td></tr>"
        for each in source.shared
    )
    head = (
        "<tr><th>thuộc tính / attribute</th><th>cột / column</th><th class=n>số / values</th>"
        "<th class=n>dòng / rows</th><th>nhiều tên nhất (số tên) / most names (how many)</th></tr>"
    )
    body = f"<div class=wide><table>{head}{rows}</table></div>"
    return _section("Số dùng chung của nhiều tên", "Identifiers that several different names share", body)


def _section(vietnamese: str, english: str, body: str) -> str:
    return f"<section><h3>{vietnamese}<small>{english}</small></h3>{body}</section>"


OWN_STYLE = """
h4 { margin: .75rem 0 .25rem; font-size: .95rem }
h4 small, td small { font-size: .8rem }
.small { font-size: .85rem; opacity: .75 }
nav { display: flex; flex-wrap: wrap; gap: .5rem }
nav a { padding: .2rem .7rem; border: 1px solid #8884; border-radius: 1rem; color: inherit; text-decoration: none }
nav i { font-style: normal; color: #d98e04; font-weight: 600 }
.facts { display: flex; flex-wrap: wrap; gap: .5rem 2.5rem; margin: 0 }
.facts dt { font-size: .85rem; opacity: .7 }
.facts dd { margin: 0; font-weight: 600; overflow-wrap: anywhere }
.look { list-style: none; padding: 0; margin: 0 }
.look li { padding: .3rem .8rem; margin: .3rem 0; border-left: 4px solid #d98e04 }
.look small { font-size: .85rem }
summary, .legend { display: grid; grid-template-columns: minmax(9rem, 2fr) 1fr 1fr 6rem; gap: 0 1rem; align-
  items: center }
summary { margin: 0; padding: .35rem 0; border-bottom: 1px solid #8883; list-style: none }
summary::-webkit-details-marker { display: none }
summary:hover, details[open] > summary { background: #31688e18 }
.name { font-weight: 600; overflow-wrap: anywhere }
.name small { font-size: .8rem }
.name::before { content: "▸ "; opacity: .6 }
details[open] .name::before { content: "▾ " }
.legend { font-size: .85rem; opacity: .7; border-bottom: 1px solid #8883 }
.legend span:last-child { text-align: right }
.bar { position: relative; display: block; min-width: 5rem; height: 1.25rem; border-radius: .2rem; background:
  #8882; overflow: hidden; font-size: .8rem; line-height: 1.25rem }
.bar:empty { background: none }
.bar i { position: absolute; inset: 0 auto 0 0; background: #31688e88 }
.bar b { position: relative; padding-left: .4rem; font-weight: 500 }
.good i { background: #1b7f5c88 }
.fair i { background: #d98e0488 }
.poor i { background: #b4443c88 }
.body { padding: .25rem 0 1rem 1.25rem }
.bars { table-layout: fixed }
.bars td:nth-child(2) { width: 8rem }
.bars td:nth-child(3) { width: 4rem }
td { overflow-wrap: break-word }
.pair > div { min-width: 0 }
code { font-size: .9em; white-space: pre-wrap }
@media (max-width: 40rem) {
  .pair { grid-template-columns: 1fr }
summary, .legend { grid-template-columns: 1fr 1fr 4rem; gap: .2rem .6rem }
.name { grid-column: 1 / -1 }
  .cards div { flex-basis: 7rem }
.legend span:first-child { grid-column: 1 / -1 }
.body { padding-left: .25rem }
.bars td:nth-child(2) { width: 6rem }
th, td { padding: .2rem .35rem }
}
"""
