"""Certificates of land use (giấy chứng nhận, sổ đỏ, sổ hồng): their serial, apart from their number in the register.

A serial (số phát hành) is two capitals and six digits, Đ among them; one capital on older forms; two and eight digits
since Circular 10/2024/TT-BTNMT. A register number (số vào sổ) is `CH01234`, `00123/3a`, `CS23305/DA`. The two shapes
touch (`CH 012345`): a word beside them decides, then the length, unless the column is known to hold one of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from mdm.standardise.codes import all_same, says_nothing, tidy
from mdm.standardise.items import by_items
from mdm.standardise.knowledge import Knowledge
from mdm.standardise.profile import SourceProfile
from mdm.standardise.shapes import TEXT, by_shape
from mdm.standardise.standardiser import Standardiser

Item = tuple[str, str]
"""value, kind."""

_PIECES = re.compile(
    r"[;,|()\r\n]+|\s(?:và|va)\s|\s+(?=(?:số vào sổ|so vao so|số phát hành|so phat hanh)\b)", re.IGNORECASE
)
_REGISTER_WORDS = re.compile(r"(?:số |so )?(?:vào|vao) (?:sổ|so)|vsc?gcn|svs", re.IGNORECASE)
_SERIAL_WORDS = re.compile(r"phát hành|phat hanh|seri|serial|số bìa|so bia", re.IGNORECASE)
_LABEL = re.compile(
    r"^\W*(?:(?:số|so|gcn|gcnqsdđ|gcnqsdd|qsdđ|qsdd|giấy|giay|chứng|chung|nhận|nhan|quyền|quyen|sử|su|dụng|dung|đất|dat|"
    r"sổ|đỏ|do|hồng|hong|cấp|cap|vào|vao|vscgcn|svs|phát|phat|hành|hanh|seri|serial|bìa|bia|no)\b[\s.:]*)+",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"[\s.\-‐‑–—_'’]+")
_DIGITS_MISREAD = re.compile(r"(?<=[A-ZĐ])[\dOIL]+$")
"""Letters among the digits of a serial can only be digits: O is 0, I and L are 1."""
_SERIAL = re.compile(r"[A-ZĐ]{2}(?:\d{6}|\d{8})|[A-ZĐ]\d{6,7}")
_REGISTER = re.compile(r"(?:[A-ZĐ]{1,2}\d{1,6}|\d{3,6})(?:/[A-ZĐ\d]{1,12}){0,3}")
_MENDED = str.maketrans("OIL", "011")


def read(text: str, knowledge: Knowledge, kind: str = "") -> tuple[list[Item], str | None]:
    """Every certificate of a cell as (value, `serial` or `register`), and what was wrong with the rest.

    `kind`: what the column is known to hold, where a shape allows both.
    """
    text = tidy(text)
    if not text:
        return [], None
    if says_nothing(text, knowledge):
        return [], "placeholder"
    items: list[Item] = []
    finding = None
    for piece in filter(_has_digit, _PIECES.split(text)):
        item, wrong = _read_piece(piece, kind)
        finding = finding or wrong
        items += [item] if item else []
    return list(dict.fromkeys(items)), finding if items or finding else "unreadable"


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _read_piece(piece: str, kind: str) -> tuple[Item | None, str | None]:
    label = _LABEL.match(piece)
    said = "register" if _REGISTER_WORDS.search(piece) else "serial" if _SERIAL_WORDS.search(piece) else kind
    bare = _SEPARATORS.sub("", piece[label.end() :] if label else piece).upper().replace("Ð", "Đ")
    mended = _mended(bare)
    serial, register = _SERIAL.fullmatch(mended), _REGISTER.fullmatch(bare)
    if not serial and not register:
        return None, "invalid"
    is_serial = serial and (said != "register" or not register)
    value = mended if is_serial else bare
    if all_same(value.strip("ABCDEFGHIJKLMNOPQRSTUVWXYZĐ/")) and value.rstrip("0") != value:
        return None, "placeholder"
    return (value, "serial" if is_serial else "register"), None


def _mended(code: str) -> str:
    """`AB12345O` → `AB123450`: only behind two letters, and only where most of what follows is digits."""
    tail = code[2:]
    if not (len(code) in (8, 10) and _DIGITS_MISREAD.search(code) and 2 * sum(map(str.isdigit, tail)) > len(tail)):
        return code
    return code[:2] + tail.translate(_MENDED)


def _standardise(
    values: pl.Series, knowledge: Knowledge, profile: SourceProfile, options: Mapping[str, object]
) -> pl.DataFrame:
    kind = str(options.get("kind", ""))
    bare = TEXT.str.replace(" ", "", literal=True)
    serial = TEXT.str.contains("^[A-ZĐ]{2} ?[0-9]{6}$") & ~TEXT.str.contains("0{6}$") & pl.lit(kind != "register")
    serial &= ~TEXT.str.contains("^(?:SO|DO|NO|SU)")
    ordinary = {"value": pl.when(serial).then(bare), "kind": pl.lit("serial")}
    return by_shape(
        values,
        STANDARDISER.schema,
        ordinary,
        lambda rest: by_items(lambda text: read(text, knowledge, kind), rest, STANDARDISER.schema),
    )


STANDARDISER = Standardiser("certificate", {"kind": pl.String}, True, _standardise)
"""Option `kind`: `serial` or `register`, what the column holds where a shape allows both."""
