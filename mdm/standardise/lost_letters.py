"""Letters that a save as ANSI lost (`Ph??ng B?n Thành`), given back where one known name only can have stood there.

Windows-1252 writes à, â, ê, ô and what else French needs, and `?` for every other Vietnamese letter. So the letters
that are left narrow down what was there: of all names of units, streets and announcing words, `B?n Thành` is the loss
of one. Where several names lose the same letters nothing is given back; a guess is never presented as a fact.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from mdm.standardise.address_names import core_of, kind_of
from mdm.standardise.encodings import encode
from mdm.standardise.knowledge import Knowledge
from mdm.standardise.text import plain

_LOSSY = re.compile(r"[^\W\d_][?\ufffd]|[?\ufffd][^\W\d_]")
_TOKEN = re.compile(r"[^\s,;.()\d/-]+")
_GAP = re.compile(r"\.? ?")
"""What may stand between the words of one name."""
_WORDS = 7
"""Words of the longest name that is looked for."""


def restored(text: str, knowledge: Knowledge) -> str:
    """An address with its lost letters given back where that is certain; any other text unchanged.

    Only for a text in which `?` or U+FFFD stands beside a letter, and which holds no letter that would have been lost.
    """
    if not _LOSSY.search(text) or _lossy(text) != text.replace("\ufffd", "?"):
        return text
    names, tokens = _names(knowledge), list(_TOKEN.finditer(text))
    pieces, end, at = [], 0, 0
    while at < len(tokens):
        width, name = _longest(text, tokens, at, names)
        if name:
            pieces += [text[end : tokens[at].start()], name]
            end = tokens[at + width - 1].end()
        at += width
    return "".join([*pieces, text[end:]])


def _longest(text: str, tokens: list[re.Match[str]], at: int, names: Mapping[str, str]) -> tuple[int, str]:
    """How many words the longest name that begins here has, and what was lost of it: nothing, if it isn't certain."""
    last = at + 1
    while last < min(at + _WORDS, len(tokens)) and _GAP.fullmatch(text, tokens[last - 1].end(), tokens[last].start()):
        last += 1
    for stop in range(last, at, -1):
        words = [token[0].lower().replace("\ufffd", "?") for token in tokens[at:stop]]
        known = names.get(" ".join(words))
        if known is not None and any("?" in word for word in words) and any(map(str.isalpha, "".join(words))):
            return stop - at, known
    return 1, ""


def _lossy(text: str) -> str:
    return encode(text, "windows-1252").decode("windows-1252", "replace").replace("\ufffd", "?")


@lru_cache(maxsize=8)
def _names(knowledge: Knowledge) -> Mapping[str, str]:
    """What is left of a name, in lower case → the name, or nothing where several are left so.

    Names that only marks tell apart are read alike, so the first of them serves.
    """
    found: dict[str, str] = {}
    for name in dict.fromkeys(_known(knowledge)):
        left = _lossy(name).lower()
        if "?" in left and plain(found.setdefault(left, name)) != plain(name):
            found[left] = ""
    return found


def _known(knowledge: Knowledge) -> Iterable[str]:
    """Every name and announcing word that an address may hold, the usual spelling before others."""
    yield from knowledge.table("words/address_words.csv")["word"]
    units = knowledge.table("units/units.csv")
    for column in ("name", "district", "province"):
        for name in units[column].drop_nulls().unique().sort():
            yield from (kind_of(name), name, core_of(name))
    for name, aliases in knowledge.table("words/streets.csv").select("name", "aliases").iter_rows():
        yield from (name, *(aliases or "").split("|"))
