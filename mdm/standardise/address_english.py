"""English in an address, put in the Vietnamese order: `Road No. 5, Tan Thuan EPZ` is `duong so 5, KCX Tan Thuan`.

English names the kind of a road before its number as Vietnamese does, but that of an estate behind its name; and its
words for roads say more than their parts (a provincial road is a tỉnh lộ). Single words that need no other order are
rows of `words/address_words.csv`. Written without marks, so that a text without them stays one.
"""

from __future__ import annotations

import re

_HINTS = ("str", "road", "rd", "highway", "route", "park", "zone", "epz", "area", "hamlet")
"""Letters of which a text has some where a rule fits: most texts have none, and cost little."""
_NO = r"\.?\s*(?:(?:no|number)\b\.?\s*)?"
_BEFORE = r"((?:^|[,;(]|\b[^\W_]*\d[^\W_]*)\s*)"
"""The beginning of a part, or a number: a road that is called by its number has no name before it."""
_NAME = r"(?<![^\W_])((?:(?!(?:street|st|road|rd|ward|lot|lo|block|in|new)\b)[^\W\d_]+(?:\s*-\s*|\s+)){1,4})"
_NUMBER = r"(?=[^\W\d_]{0,2}\d)"

_RULES = tuple(
    (re.compile(pattern, re.IGNORECASE), vietnamese)
    for pattern, vietnamese in (
        (rf"\binter-?\s?provincial (?:road|highway|route){_NO}(?=\d)", "lien tinh lo "),
        (rf"\bprovincial (?:road|highway|route){_NO}(?=\d)", "tinh lo "),
        (rf"\b(?:national (?:road|route)|(?:national )?highway){_NO}(?=\d)", "quoc lo "),
        (rf"{_BEFORE}(?:street|str|road|rd)\.?\s*(?:no|number)\b\.?\s*(?=\d)", r"\1duong so "),
        (rf"{_BEFORE}(?:street|str|road|rd)\.?\s+{_NUMBER}", r"\1duong "),
        (r"\b(\d+)(?:st|nd|rd|th) (?:street|road)\b", r"duong so \1"),
        (rf"{_NAME}(?:industrial (?:park|zone|area)s?)\b", r"KCN \1"),
        (rf"{_NAME}(?:export processing zone|epz)\b", r"KCX \1"),
        (rf"{_NAME}(?:hi(?:gh)?[ -]?tech park)\b", r"khu cong nghe cao \1"),
        (rf"{_NAME}(?:residential (?:area|zone))\b", r"KDC \1"),
        (rf"{_NAME}(?:(?:new )?urban (?:area|zone))\b", r"KDT \1"),
        (rf"{_BEFORE}{_NAME}hamlet\b", r"\1, ap \2"),
    )
)


def in_vietnamese_order(text: str) -> str:
    """The text with its English roads and estates as Vietnamese writes them; no rule reaches over a comma."""
    lowered = text.lower()
    if not any(hint in lowered for hint in _HINTS):
        return text
    for pattern, vietnamese in _RULES:
        text = pattern.sub(vietnamese, text)
    return text
