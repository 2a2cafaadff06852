"""One text that names several owners (`Ông A, sinh năm 1960 và vợ là bà B`), cut into parties with their details.

The text is cut where another party begins: after a separator, before a title, a relation or a surname. Inside an
address or an organisation's name a mere comma or `và` cuts nothing. Values come out as written; their standardisers
read them later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl

from mdm.standardise.knowledge import Knowledge
from mdm.standardise.name_columns import ordinary
from mdm.standardise.name_reading import end_of_name
from mdm.standardise.name_words import Lexicon
from mdm.standardise.owner_words import ALONE, BARE_AND, SIGNS, Mark, OwnerWords, Tokens, owner_words
from mdm.standardise.person_names import is_placeholder
from mdm.standardise.text import repair

_FIELDS = ("name", "birth_date", "personal_id", "address", "relation", "tax_code", "passport")
_NO_DETAILS = (None,) * (len(_FIELDS) - 1)
OWNER = pl.Struct(dict.fromkeys(_FIELDS, pl.String))
"""One party; `relation` is `organisation`, `representative`, `spouse`, or null for an owner without a word for it."""

_DATE = re.compile(
    r"[\s:.]*(\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?\d{2,4}|\d{1,2}/(?:18|19|20)\d\d|(?:18|19|20)\d\d)(?!\d)"
)
_WORDED_DATE = re.compile(r"[\s:.]*(?:ngày\s+)?(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})(?!\d)", re.IGNORECASE)
_NUMBER = re.compile(r"[\s:.]*(?:số|so)?[\s:.]*(\d(?:[ .]?\d){8,11})(?!\d)", re.IGNORECASE)
_TAX_CODE = re.compile(
    r"[\s:.]*(?:số|so)?[\s:.]*(\d(?:[ .]?\d){9}(?:\s?-\s?\d{3}|(?:[ .]?\d){2,3})?)(?!\d)", re.IGNORECASE
)
_PASSPORT = re.compile(r"[\s:.]*(?:số|so|no)?[\s:.]*([a-z]{0,3}\s?\d{5,9}[a-z]?)(?!\w)", re.IGNORECASE)
_EITHER = re.compile(
    r"(^|[,;:\n]\s*)(?:(ông|anh)\s*[/(]\s*(bà|chị)|(ong)\s*[/(]\s*(ba))\b(?:\s*\))?", re.IGNORECASE | re.MULTILINE
)
_YEAR = re.compile(r"(?:18|19|20)\d\d$")
_EDGES = " \t,;.:-–—/&+()[]"
_LEADS = frozenset(["and", "spouse", "representative", "kin", "heading"])
_PAPERS = frozenset(["paper", "tax", "passport"])
_DETAILS = frozenset(["birth", "id", "address"]) | _PAPERS


def owners(values: pl.Series, knowledge: Knowledge) -> pl.DataFrame:
    """One row a text: `owners`, a list of `OWNER` in the order of the text, null where it names nobody."""
    words = owner_words(knowledge)
    texts = pl.DataFrame({"text": values.cast(pl.String)}).with_row_index("_row")
    starts = pl.col("text").str.to_lowercase().str.extract(r"^(\w+(?: \w+)?)")
    announced = starts.is_in(words.starts) | starts.str.extract(r"^(\w+)").is_in(words.starts)
    single = set(ordinary(texts.filter(~announced), words.names)["_row"])
    rows: list[int] = []
    parties: list[tuple[str | None, ...]] = []
    for row, text in enumerate(texts["text"]):
        named = [] if text is None else [(text, *_NO_DETAILS)] if row in single else read_owners(text, words)
        parties += named
        rows += [row] * len(named)
    columns = list(zip(*parties, strict=True)) or [()] * len(_FIELDS)
    flat = pl.DataFrame([pl.Series(name, column, pl.String) for name, column in zip(_FIELDS, columns, strict=True)])
    flat = flat.select(pl.Series("_row", rows, pl.UInt32), pl.struct(_FIELDS).alias("owners"))
    listed = flat.group_by("_row", maintain_order=True).agg("owners")
    return texts.join(listed, on="_row", how="left", maintain_order="left").select("owners")


def read_owners(text: str, words: OwnerWords) -> list[tuple[str | None, ...]]:
    """The parties that one text names, each with the fields of `OWNER`."""
    text = "\n".join(map(repair, text.splitlines())) if "\n" in text or "\r" in text else repair(text)
    text = _EITHER.sub(r"\1\2\4 \3\5", text)  # Ông/bà: Nguyễn Văn An is one person
    if "(" in text:
        text = words.capacity.sub(" ", text)
    tokens = Tokens(text, words)
    return [party for begin, end in _chunks(tokens) if (party := _party(tokens, begin, end))]


def _chunks(tokens: Tokens) -> Iterator[tuple[int, int]]:
    """Where each party begins and ends."""
    begin, closed = 0, _is_organisation(tokens, 0)
    for at in tokens.candidates:
        start = _next_party(tokens, begin, at, closed=closed)
        if start is not None:
            yield begin, at
            begin, closed = start, _is_organisation(tokens, start)
        elif at >= begin and tokens.kind(at) == "address":
            closed = True
    yield begin, len(tokens)


def _next_party(tokens: Tokens, begin: int, at: int, *, closed: bool) -> int | None:
    """The token at which another party's text begins, if a border is here; else None."""
    if at <= begin:
        return None
    said, kind = tokens.written[at], tokens.kind(at)
    if said in ";\n":
        sure = tokens.kind(at + 1) not in _DETAILS and (not closed or _is_sure(tokens, at + 1))
        return at + 1 if sure else None
    if said.isdigit():
        return _numbered(tokens, at, closed=closed)
    if kind == "and" or said in SIGNS or (kind is None and said in BARE_AND):
        return _after_sign(tokens, begin, at, closed=closed)
    return at if _begins_here(tokens, begin, at, closed=closed) else None


def _begins_here(tokens: Tokens, begin: int, at: int, *, closed: bool) -> bool:
    """Whether a party begins with this token itself: a heading, a word of relation, a title after a name."""
    kind = tokens.kind(at)
    if kind == "heading":
        return _next_sign(tokens, at) == ":"
    if kind in ("spouse", "representative", "kin"):
        return _related(tokens, at, closed=closed)
    name = at if closed or tokens.written[at] not in ALONE else tokens.after_titles(at)
    return name > at and tokens.leads(name, titled=True) and _names(tokens, begin, at) > 1


def _numbered(tokens: Tokens, at: int, *, closed: bool) -> int | None:
    """`1. Nguyễn Văn An; 2) Trần Thị Bé`: what follows must be a name where an address may hold a number."""
    if not _is_list_number(tokens, at) or not tokens.is_word[at + 2]:
        return None
    if tokens.is_word[at - 1]:  # `An 2. Trần Thị Bé`, but `Phường 9. Quận 3`
        return at + 2 if not closed and _is_sure(tokens, at + 2) else None
    return at + 2 if not closed or _is_sure(tokens, at + 2) else None


def _is_list_number(tokens: Tokens, at: int) -> bool:
    """Whether a number is that of a list: `(1960)` is a year."""
    return len(tokens.written[at]) < 3 and tokens.written[at + 1 : at + 2] in (["."], [")"])


def _next_sign(tokens: Tokens, at: int) -> str:
    after = at + tokens.marks[at].size
    return tokens.written[after] if after < len(tokens) else ""


def _related(tokens: Tokens, at: int, *, closed: bool) -> bool:
    """A relation begins a party before a surname or an organisation; before another word after a title or a colon."""
    lead = _after_leads(tokens, at)
    name = tokens.after_titles(lead)
    if tokens.kind(name) == "organisation":
        return tokens.kind(at) != "spouse"
    if tokens.leads(name, titled=name > lead):
        return tokens.kind(at) != "kin" or not closed
    sure = name > lead or ":" in tokens.written[at:lead]
    return sure and tokens.is_word[name] and (not closed or tokens.kind(at) == "representative")


def _after_sign(tokens: Tokens, begin: int, at: int, *, closed: bool) -> int | None:
    """Whether a party begins after a comma, a dash, `và` and their like."""
    said, mark = tokens.written[at], tokens.marks.get(at)
    after = at + (mark.size if mark else 1)
    if tokens.kind(after) == "and" or (said == "." and len(tokens.written[at - 1]) == 1):
        return None  # the last of several; the dot of an initial
    if tokens.kind(after) in ("spouse", "representative"):
        return None  # it says itself whether a party begins
    lead = _after_leads(tokens, after)
    name = tokens.after_titles(lead)
    if tokens.kind(name) == "organisation" and said not in ".-–—(":
        return after if not _has_address(tokens, begin, at) and not (closed and said == ",") else None
    if name > lead:
        bare = said in BARE_AND
        return after if tokens.leads(name, titled=True) or (not closed and not bare and tokens.is_word[name]) else None
    if said in ".(" or said in BARE_AND or closed or (said in "-–—" and not tokens.spaced(at)):
        return None
    return (
        after
        if tokens.leads(name) and _names(tokens, begin, at) > 1 and _names(tokens, name, len(tokens)) > 1
        else None
    )


def _is_sure(tokens: Tokens, at: int) -> bool:
    """Whether a party surely begins here: a title or a relation before a name, or a surname with more words."""
    lead = _after_leads(tokens, at)
    name = tokens.after_titles(lead)
    if tokens.kind(name) == "organisation":
        return True
    return tokens.leads(name, titled=name > lead) and (name > at or _names(tokens, name, len(tokens)) > 1)


def _is_organisation(tokens: Tokens, begin: int) -> bool:
    return tokens.kind(tokens.after_titles(_after_leads(tokens, begin))) == "organisation"


def _has_address(tokens: Tokens, begin: int, end: int) -> bool:
    return any(begin <= at < end and mark.kind == "address" for at, mark in tokens.marks.items())


def _after_leads(tokens: Tokens, at: int) -> int:
    """The first token after signs, list numbers, headings and words of relation."""
    while at < len(tokens):
        mark = tokens.marks.get(at)
        if mark and mark.kind in _LEADS:
            at += mark.size
        elif tokens.is_word[at] or (tokens.written[at].isdigit() and not _is_list_number(tokens, at)):
            break
        else:
            at += 1
    return at


def _names(tokens: Tokens, begin: int, end: int) -> int:
    """How many words of a name stand before the first sign or detail; a title counts as one."""
    lead = _after_leads(tokens, begin)
    at = tokens.after_titles(lead)
    count = int(at > lead)
    while at < end and (tokens.is_word[at] or tokens.written[at] == ".") and tokens.kind(at) is None:
        count += tokens.is_word[at]
        at += 1
    return count


def _party(tokens: Tokens, begin: int, end: int) -> tuple[str | None, ...] | None:
    """The party of one chunk, or None if it names nobody."""
    lead = _after_leads(tokens, begin)
    if lead >= end:
        return None
    organisation = tokens.kind(tokens.after_titles(lead)) == "organisation"
    first = lead if organisation else tokens.after_titles(lead)
    details = _Details(tokens, first, end, organisation=organisation)
    name = (
        tokens.text[tokens.starts[first] if first < end else 0 : details.name_end].strip(_EDGES) if first < end else ""
    )
    names = tokens.words.names
    if not organisation:
        name = name[: end_of_name(name.lower(), names)].strip(_EDGES)
    if not name or (not organisation and (is_placeholder(name, names) or _is_title(name, names))):
        return None
    relation = "organisation" if organisation else _relation(tokens, begin, lead)
    said = (details.birth_date, details.personal_id, details.address, relation, details.tax_code, details.passport)
    return name, *said


def _is_title(name: str, names: Lexicon) -> bool:
    said = tuple(name.lower().split())
    return said in names.sure_titles or said in names.name_titles


def _relation(tokens: Tokens, begin: int, lead: int) -> str | None:
    said = {mark.kind for at in range(begin, lead) if (mark := tokens.marks.get(at))}
    return next((kind for kind in ("spouse", "representative") if kind in said), None)


class _Details:
    """What a party's text says after the name: birth date, numbers, address; and where the name ends."""

    def __init__(self, tokens: Tokens, first: int, end: int, *, organisation: bool) -> None:
        self.birth_date: str | None = None
        self.personal_id: str | None = None
        self.address: str | None = None
        self.tax_code: str | None = None
        self.passport: str | None = None
        self._organisation = organisation
        self._text = tokens.text[: tokens.ends[end - 1]]
        self._starts: list[int] = []
        label, paper = None, 0
        for at in range(first, end):
            mark, start = tokens.marks.get(at), tokens.starts[at]
            if mark and mark.kind in _DETAILS and at > first:
                after = tokens.ends[at + mark.size - 1]
                if mark.kind in _PAPERS:
                    self._paper(mark, start, after)
                    paper = at + mark.size + 3
                else:
                    label = self._marked(mark.kind, start, after, label)
            elif at >= paper and tokens.written[at].isdigit():
                self._bare(tokens, at, first, end, closed=label is not None)
        if label is not None:
            stop = min((start for start in self._starts if start >= label), default=len(self._text))
            self.address = self._text[label:stop].strip(_EDGES) or None
        self.name_end = min(self._starts, default=len(self._text))

    def _marked(self, kind: str, start: int, after: int, label: int | None) -> int | None:
        """What a word announces, if it really follows; gives where the address begins, once it is known."""
        if kind == "address":
            if label is None and self._text[after:].strip(_EDGES):
                self._starts.append(start)
                return after
        elif kind == "birth":
            if self.birth_date is None and (said := self._date(after)):
                self.birth_date = said
                self._starts.append(start)
        elif self.personal_id is None and (number := _NUMBER.match(self._text, after)):
            self.personal_id = re.sub(r"\D", "", number[1])
            self._starts.append(start)
        return label

    def _paper(self, mark: Mark, start: int, after: int) -> None:
        """Another paper's number; a short word for one (`HC`) may be part of a name where none follows."""
        form = {"tax": _TAX_CODE, "passport": _PASSPORT}.get(mark.kind)
        found = form.match(self._text, after) if form else None
        if found and mark.kind == "tax":
            self.tax_code = self.tax_code or re.sub(r"[\s.]", "", found[1])
        elif found:
            self.passport = self.passport or re.sub(r"\s", "", found[1])
        if found or form is None or mark.size > 1 or self._text[after:].lstrip().startswith(":"):
            self._starts.append(start)

    def _date(self, after: int) -> str | None:
        if found := _DATE.match(self._text, after):
            return found[1].replace(" ", "")
        worded = _WORDED_DATE.match(self._text, after)
        return "/".join(worded.groups()) if worded else None

    def _bare(self, tokens: Tokens, at: int, first: int, end: int, *, closed: bool) -> None:
        """A number without a word for it: 9 or 12 digits are a personal one; a year follows a name or a sign."""
        digits = tokens.written[at]
        if len(digits) in (9, 12) and self.personal_id is None:
            self.personal_id = digits
            self._starts.append(tokens.starts[at])
        elif self.birth_date is None and not closed and _YEAR.match(digits) and at > first:
            follows = tokens.written[at + 1] if at + 1 < end else ","
            named = tokens.is_word[at - 1] and not self._organisation
            if (named or tokens.written[at - 1] in "(,-–") and follows in "),;-–":
                self.birth_date = digits
                self._starts.append(tokens.starts[at])
