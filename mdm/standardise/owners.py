"""One text that names several owners (`Ông A, sinh năm 1960 và vợ là bà B`), cut into parties with their details.

The text is cut where another party begins: after a separator, before a title, a relation or a surname. Inside an
address or an organisation's name a mere comma or `và` cuts nothing. Values come out as written; their standardisers
read them later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import polars as pl

from mdm.standardise.knowledge import Knowledge
from mdm.standardise.name_columns import ordinary
from mdm.standardise.name_reading import end_of_name, without_titles
from mdm.standardise.name_words import Lexicon, is_surname, lexicon, token, word_forms
from mdm.standardise.person_names import is_placeholder
from mdm.standardise.text import plain, repair

_FIELDS = ("name", "birth_date", "personal_id", "address", "relation")
OWNER = pl.Struct(dict.fromkeys(_FIELDS, pl.String))
"""One party; `relation` is `organisation`, `representative`, `spouse`, or null for an owner without a word for it."""

_DATE = r"(?P<date>\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?\d{2,4}|(?:18|19|20)\d\d)(?!\d)"
_YEAR_ALONE = re.compile(r"[(\-–,]\s*(?P<date>(?:18|19|20)\d\d)(?=\s*(?:[),;\-–]|$))")
_NUMBER_ALONE = re.compile(r"(?<!\d)(?P<id>\d{12}|\d{9})(?!\d)")
_NUMBERED = r"(?:(?<=^)|(?<=[\s;,.:(]))\(?\d{1,2}[.)]\s*(?=[^\W\d_])"
_WORD = re.compile(r"[^\W\d_][\w'’]*\.?")
_INITIAL = re.compile(r"(?:^|\s)[^\W\d_]$")
_EDGES = " \t,;.:-–—/&+()[]"


class OwnerWords:
    """The words that cut a text of owners, as patterns over repaired text."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.names: Lexicon = lexicon(knowledge)
        table = knowledge.table("words/owner_words.csv")
        said = {kind: _either(table.filter(pl.col("kind") == kind)["words"]) for kind in table["kind"].unique()}
        title_words = knowledge.table("words/titles.csv")["words"]
        titles = _either(title_words)
        bare_titles = "|".join(sorted({plain(title) for title in title_words}, key=lambda t: (-len(t), t)))
        self.heading = _pattern(rf"^\W*(?:{said['heading']})\s*(?::|(?=\s))")
        self.organisation = _pattern(rf"^\W*(?:{said['organisation']})(?!\w)")
        self.spouse = _pattern(rf"^\W*(?:{said['spouse']})(?!\w)")
        self.representative = _pattern(rf"^\W*(?:{said['representative']})(?!\w)")
        self.capacity = _pattern(rf"\((?:(?:{said['representative']})\s+)?(?:{said['capacity']})(?!\w)[^()]*\)")
        self.lead = _pattern(rf"^\W*(?:(?:{said['spouse']}|{said['representative']}|{said['and']})(?!\w)\W*)*")
        self.titles = _pattern(rf"^(?:(?:{titles})(?!\w)[.:\s]*)+")
        self.birth = _pattern(rf"(?<!\w)(?:{said['birth']})(?!\w)[\s:.]*{_DATE}")
        self.id = _pattern(rf"(?<!\w)(?:{said['id']})(?!\w)[\s:.]*(?:số|so)?[\s:.]*(?P<id>\d[\d .]{{7,15}}\d)(?!\d)")
        self.address = _pattern(rf"(?<!\w)(?:{said['address']})(?!\w)[\s:.]*")
        relation = f"(?:{said['spouse']}|{said['representative']})"
        self.border = _pattern(
            rf"(?P<strong>[;\n]+|{_NUMBERED})"
            rf"|(?<!\w)(?:va|cung|voi)\s+(?P<bare>(?=(?:{bare_titles})\s))"
            rf"|[\s,(.\-–/]+(?P<related>(?:(?:{said['and']})\s+)?{relation}(?!\w)[\s:]*)(?=[^\W\d_])"
            rf"|(?:[,(.\-–/&+]|(?<!\w)(?:{said['and']})(?!\w))\s*(?P<titled>(?=(?:{titles})(?!\w)))"
            rf"|(?P<weak>\s[-–/]\s|[/,&+]|(?<!\w)(?:{said['and']})(?!\w))\s*(?=[^\W\d_])"
        )


def _either(words: pl.Series) -> str:
    return "|".join(map(re.escape, word_forms(words)))


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


@lru_cache(maxsize=4)
def _owner_words(knowledge: Knowledge) -> OwnerWords:
    return OwnerWords(knowledge)


def owners(values: pl.Series, knowledge: Knowledge) -> pl.DataFrame:
    """One row a text: `owners`, a list of `OWNER` in the order of the text, null where it names nobody."""
    words = _owner_words(knowledge)
    texts = pl.DataFrame({"text": values.cast(pl.String)}).with_row_index("_row")
    single = set(ordinary(texts, words.names)["_row"])
    rows = [_owners_of(text, row in single, words) for row, text in enumerate(texts["text"])]
    return pl.DataFrame({"owners": pl.Series(rows, dtype=pl.List(OWNER))})


def _owners_of(text: str | None, single: bool, words: OwnerWords) -> list[dict[str, str | None]] | None:
    if text is None:
        return None
    return [{**dict.fromkeys(_FIELDS), "name": text}] if single else read_owners(text, words) or None


def read_owners(text: str, words: OwnerWords) -> list[dict[str, str | None]]:
    """The parties that one text names."""
    text = words.capacity.sub(" ", "\n".join(map(repair, text.splitlines())))
    heading = words.heading.search(text)
    text = text[heading.end() :] if heading else text
    return [party for chunk in _chunks(text, words) if (party := _party(chunk, words))]


def _chunks(text: str, words: OwnerWords) -> Iterator[str]:
    """The text cut where a party begins."""
    start = 0
    for border in words.border.finditer(text):
        if _begins_party(text, start, border, words):
            yield text[start : border.start()]
            start = border.start("related") if border["related"] else border.end()
    yield text[start:]


def _begins_party(text: str, start: int, border: re.Match[str], words: OwnerWords) -> bool:
    """Whether what follows a possible border is another party; inside an address or a firm's name it must be sure."""
    if border["strong"]:
        return True
    before, after = text[start : border.start()], text[border.end() :]
    name = _untitled(words.lead.sub("", after), words)
    if border[0].startswith(".") and _INITIAL.search(before):
        return False  # `Phạm H. A. Công`: the dot is an initial's
    if words.organisation.search(name) and not words.address.search(before):
        return border["related"] is None or "vợ" not in border["related"]
    first = _WORD.match(name)
    surname = first is not None and is_surname(token(first[0].lower().strip(".")), words.names)
    if border["bare"] is not None:
        return surname
    if border["related"] is not None or border["titled"] is not None:
        said = border["titled"] is not None or ":" in border["related"] or words.titles.search(after) is not None
        return surname or (first is not None and said and not _is_closed(before, words))
    return surname and not _is_closed(before, words) and _has_name(before, words) and _has_name(name, words)


def _is_closed(before: str, words: OwnerWords) -> bool:
    """Inside an address or an organisation's name, which take commas and `và` of their own."""
    return bool(words.address.search(before) or words.organisation.search(words.lead.sub("", before)))


def _has_name(text: str, words: OwnerWords) -> bool:
    """At least two words before any detail, so that `Lan, Nguyễn Thị` stays one name."""
    led = words.lead.sub("", text)
    return len(_WORD.findall(_untitled(led, words))) > 1 or words.titles.search(led) is not None


def _untitled(text: str, words: OwnerWords) -> str:
    """A text without the titles at its front, those that lost their tones too."""
    return " ".join(without_titles(text.split(), words.names))


def _party(chunk: str, words: OwnerWords) -> dict[str, str | None] | None:
    """The party of one chunk, or None if it names nobody."""
    rest = words.lead.sub("", chunk).strip(_EDGES)
    organisation = words.organisation.search(rest) is not None
    written, birth_date, personal_id, address = _details(rest, words)
    name = written if organisation else _person(written, words)
    if not name or (not organisation and is_placeholder(name, words.names)):
        return None
    relation = "organisation" if organisation else _relation(chunk, words)
    return dict(zip(_FIELDS, (name, birth_date, personal_id, address, relation), strict=True))


def _person(written: str, words: OwnerWords) -> str:
    """A person's name without titles and notes (`và vợ`)."""
    name = _untitled(written, words).strip(_EDGES)
    return name[: end_of_name(name.lower(), words.names)].strip(_EDGES)


def _relation(chunk: str, words: OwnerWords) -> str | None:
    if words.spouse.search(chunk):
        return "spouse"
    return "representative" if words.representative.search(chunk) else None


def _details(text: str, words: OwnerWords) -> tuple[str, str | None, str | None, str | None]:
    """Name, birth date, number and address: what stands before the first detail is the name."""
    address = words.address.search(text)
    birth = words.birth.search(text) or _YEAR_ALONE.search(text, 0, address.start() if address else len(text))
    number = words.id.search(text) or _NUMBER_ALONE.search(text)
    found = [detail for detail in (birth, number, address) if detail]
    name = text[: min((detail.start() for detail in found), default=len(text))].strip(_EDGES)
    return (
        name,
        birth["date"].replace(" ", "") if birth else None,
        re.sub(r"\D", "", number["id"]) if number else None,
        _address(text, address, [detail.start() for detail in (birth, number) if detail]) if address else None,
    )


def _address(text: str, label: re.Match[str], others: list[int]) -> str | None:
    """From its label to the next detail or the end."""
    end = min((start for start in others if start >= label.end()), default=len(text))
    return text[label.end() : end].strip(_EDGES) or None
