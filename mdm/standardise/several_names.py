"""A cell of one name that names two (`Trần Thị Hoa và chồng Lê Văn Nam`): where the second begins.

Cut only where both sides have the shape of a name; what stands in brackets is a remark and never another holder.
"""

from __future__ import annotations

import re

from mdm.standardise.name_reading import TOKEN, without_titles
from mdm.standardise.name_words import JOINING, MIDDLES, Lexicon, is_surname, token

_KIN = r"(?:(?:vợ|chồng|con|con trai|con gái|mẹ|cha)(?:\s+là)?[\s:]+)"
_JOINT = re.compile(
    rf"\s(?P<word>{'|'.join(JOINING)})\s+(?:với\s+)?{_KIN}?|(?P<kin>[\s,;-]\s*(?:vợ|chồng)\s+là[\s:]+)"
    rf"|\s*(?P<sign>[&+/;,])\s*(?:(?:vợ|chồng)[\s:]+(?!ông|bà))?|\s(?P<dash>[-–—])\s+(?:(?:vợ|chồng)[\s:]+(?!ông|bà))?",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"[(\[{<“\"][^)\]}>”\"]*[)\]}>”\"]?")
_STOP = re.compile(r"[^\w\s.'’~?-]|\s[-–—]\s|\d")


def first_person(text: str, words: Lexicon) -> str:
    """The text up to where a second person begins; the whole text if none does."""
    open_text = _BRACKETS.sub(lambda bracket: " " * len(bracket[0]), text)
    for joint in _JOINT.finditer(open_text):
        before, after = open_text[: joint.start()], open_text[joint.end() :]
        if len(_named(before, words)) > 1 and _begins_person(joint, before, after, words):
            return text[: joint.start()]
    return text


def _named(text: str, words: Lexicon) -> list[str]:
    return without_titles(TOKEN.findall(text), words)


def _begins_person(joint: re.Match[str], before: str, after: str, words: Lexicon) -> bool:
    """A title and a word, or a surname and more; a mere sign stands between whole names only, not in an address."""
    said = TOKEN.findall(_STOP.split(after, maxsplit=1)[0])
    named = without_titles(said, words)
    if not named:
        return False
    dress = token(named[0].lower())
    surname, titled = is_surname(dress, words), len(named) < len(said)
    if (joint["word"] or "").lower() == "va":  # Và may be a name: Nguyen Thi Va Lan
        middle = len(named) > 2 and token(named[1].lower()).plain in MIDDLES
        return surname and (titled or (middle and dress.key in words.clear))
    if joint["word"] or joint["kin"]:
        return titled or (surname and len(named) > 1)
    if _STOP.search(before) or words.note.search(before.lower()):
        return False
    return surname and len(named) > (1 if titled or joint["sign"] in ("&", "+", "/") else 2)
