"""Papers that stand in a column of personal numbers and are none: birth certificates, army and police cards, passports.

Their canonical text begins with what the paper is (`GKS123/2005`, `CMQĐ12345678`); a passport is its number.
"""

from __future__ import annotations

import re

_BIRTH = re.compile(
    r"\b(?:gks|ks|(?:giấy |giay )?khai sinh)(?:\b[\s.:]*(?:(?:số|so)\b)?[\s.:]*|(?<=gks))"
    r"(?P<number>\d{1,5}(?:\s*/\s*\d{4})?)(?![\d/])",
    re.IGNORECASE,
)
_SERVICE = re.compile(
    r"\b(?P<paper>cmnd\s?qđ|cmnd\s?qd|cm\s?qđ|cm\s?qd|cm\s?sq|cm\s?ca|cm\s?qncn|sh\s?sq|sq|qncn)[\s.:]*"
    r"(?:(?:số|so)\b)?[\s.:]*(?P<number>\d{6,10})(?!\d)",
    re.IGNORECASE,
)
_PASSPORT = re.compile(
    r"(?:\b(?:hộ chiếu|ho chieu|hc|passport)\b[\s.:]*(?:(?:số|so)\b)?[\s.:]*)?"
    r"(?<![^\W_])(?P<number>[A-Z]\s?\d{7,8}|(?!so|no|id|cc|hc)[A-Z]{2}\d{7})(?![^\W_])",
    re.IGNORECASE,
)
_NAMES = {"CMNDQĐ": "CMQĐ", "CMNDQD": "CMQĐ", "CMQD": "CMQĐ", "SHSQ": "CMSQ", "SQ": "CMSQ", "QNCN": "CMQNCN"}
_SPACE = re.compile(r"\s+")


def read_papers(text: str) -> tuple[list[str], str]:
    """The papers that a tidy text names, in canonical form and each once; and what is left of the text."""
    if text.isdigit():
        return [], text
    papers: list[str] = []

    def birth(match: re.Match[str]) -> str:
        papers.append("GKS" + _bare(match["number"]))
        return " "

    def service(match: re.Match[str]) -> str:
        paper = _bare(match["paper"])
        papers.append(_NAMES.get(paper, paper) + match["number"])
        return " "

    def passport(match: re.Match[str]) -> str:
        papers.append(_bare(match["number"]))
        return " "

    for pattern, take in ((_BIRTH, birth), (_SERVICE, service), (_PASSPORT, passport)):
        text = pattern.sub(take, text)
    return list(dict.fromkeys(papers)), text.strip(" ,;/-.:|()") if papers else text


def _bare(text: str) -> str:
    return _SPACE.sub("", text).upper()
