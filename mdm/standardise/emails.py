"""E-mail addresses: lower case, plausible in form; several may stand in one cell."""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from mdm.standardise.codes import says_nothing, tidy
from mdm.standardise.items import by_items
from mdm.standardise.knowledge import Knowledge
from mdm.standardise.profile import SourceProfile
from mdm.standardise.standardiser import Standardiser

_ADDRESS = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}"
)
_COMMA_FOR_DOT = re.compile(r",(?=(?:com|net|org|edu|gov|vn)\b)")
_AROUND_AT = re.compile(r"\s*@\s*")
_PIECES = re.compile(r"[;,\s<>()\[\]\"]+")
_SHORT = 3
_OTHER_SEPARATORS = re.compile(r"[/|]")


def normalise(text: str) -> str | None:
    """The one address of a text in lower case, or None when there is none or several."""
    values, _ = _read(text)
    return values[0] if len(values) == 1 else None


def is_valid(address: str) -> bool:
    """Whether a text is an address in canonical form."""
    return _ADDRESS.fullmatch(address) is not None


def _read(text: str) -> tuple[list[str], str | None]:
    text = _COMMA_FOR_DOT.sub(".", _AROUND_AT.sub("@", tidy(text).lower()))
    if not text:
        return [], None
    pieces = [piece.removeprefix("mailto:").strip(".'") for piece in _PIECES.split(text) if "@" in piece]
    if any(piece.count("@") > 1 for piece in pieces):
        pieces = [part for piece in pieces for part in _OTHER_SEPARATORS.split(piece)]
    found = list(dict.fromkeys(piece for piece in pieces if is_valid(piece)))
    return found, "invalid" if not found or len(found) < len(set(pieces)) else None


def _standardise(
    values: pl.Series, knowledge: Knowledge, profile: SourceProfile, options: Mapping[str, object]
) -> pl.DataFrame:
    def parse(text: str) -> tuple[list[tuple[str]], str | None]:
        addresses, finding = _read(text)
        real = [(address,) for address in addresses if not _invented(address, knowledge)]
        return real, "placeholder" if len(real) < len(addresses) or says_nothing(tidy(text), knowledge) else finding

    return by_items(parse, values, STANDARDISER.schema)


def _invented(address: str, knowledge: Knowledge) -> bool:
    """`khongco@…`, typed to get past a form. Short words (`na@…`) are also people."""
    local = address.partition("@")[0]
    return len(local) > _SHORT and says_nothing(local, knowledge)


STANDARDISER = Standardiser("email", {}, True, _standardise)
