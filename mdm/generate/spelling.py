"""Every way in which one word comes out wrong: a word in, the word as somebody wrote it out.

A way that a word doesn't offer (no tone to move) gives the word back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from unicodedata import normalize

GRAVE, ACUTE, HOOK, TILDE, DOT = "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"
CIRCUMFLEX, BREVE, HORN = "\u0302", "\u0306", "\u031b"
TONES = GRAVE + ACUTE + HOOK + TILDE + DOT
_TONE = re.compile(f"[{TONES}]")
_MARK = re.compile(r"[\u0300-\u036f]")
_OLD_PLACE = re.compile(rf"([ou])([{TONES}])([aey])(?![\w\u0300-\u036f])", re.IGNORECASE)
_FINAL_I_Y = re.compile(rf"((?:[hklmstv]|qu)|\b)([iy])([{TONES}]?)(?![\w\u0300-\u036f])", re.IGNORECASE)
_SPOKEN = (("ng", "n"), ("n", "ng"), ("t", "c"), ("c", "t"))
_TELEX = {ACUTE: "s", GRAVE: "f", HOOK: "r", TILDE: "x", DOT: "j"}
_VNI = {ACUTE: "1", GRAVE: "2", HOOK: "3", TILDE: "4", DOT: "5"}


def without_marks(text: str) -> str:
    """Nguyễn Thị Hòa → Nguyen Thi Hoa."""
    return _MARK.sub("", normalize("NFD", text)).replace("đ", "d").replace("Đ", "D")


def tone_moved(text: str) -> str:
    """Hòa → Hoà, Thúy → Thuý: the tone mark in the place that school books since 1980 prefer."""
    return normalize("NFC", _OLD_PLACE.sub(_to_new_place, normalize("NFD", text)))


def _to_new_place(found: re.Match[str]) -> str:
    first, tone, last = found.groups()
    fits = last.lower() == "y" if first.lower() == "u" else last.lower() in "ae"
    return first + last + tone if fits else found.group()


def tone_wrong(text: str) -> str:
    """Nguyễn → Nguyển; a word without hỏi or ngã loses its tone: Hồng → Hông."""
    decomposed = normalize("NFD", text)
    exchanged = decomposed.translate({ord(HOOK): TILDE, ord(TILDE): HOOK})
    return normalize("NFC", exchanged if exchanged != decomposed else _TONE.sub("", decomposed))


def i_y(text: str) -> str:
    """Quý → Quí, Vy → Vi, Mỹ → Mĩ: only where both spellings are used."""
    return normalize("NFC", _FINAL_I_Y.sub(_exchange_i_y, normalize("NFD", text)))


def _exchange_i_y(found: re.Match[str]) -> str:
    onset, vowel, tone = found.groups()
    return onset + vowel.translate(str.maketrans("iyIY", "yiYI")) + tone


def as_spoken(text: str) -> str:
    """Phượng → Phượn, Nhật → Nhậc: final consonants that sound alike in the South."""
    for final, heard in _SPOKEN:
        if text.endswith(final) and len(text) > len(final) + 1:
            return text[: -len(final)] + heard
    return text


def telex(text: str) -> str:
    """Nguyễn → Nguyeenx: keystrokes that no input method read."""
    return " ".join(_keys(word, {CIRCUMFLEX: None, BREVE: "w", HORN: "w"}, _TELEX, "d") for word in text.split(" "))


def vni_keys(text: str) -> str:
    """Nguyễn → Nguye6n4."""
    return " ".join(_keys(word, {CIRCUMFLEX: "6", BREVE: "8", HORN: "7"}, _VNI, "9") for word in text.split(" "))


def _keys(word: str, marks: Mapping[str, str | None], tones: Mapping[str, str], stroke: str) -> str:
    """A mark becomes its key after the letter (None: the letter again), the tone's key ends the word."""
    typed, tone = "", ""
    for character in normalize("NFD", word):
        if character in tones:
            tone = tones[character]
        elif character in marks:
            typed += marks[character] or typed[-1].lower()
        elif character in "đĐ":
            typed += ("d" if character == "đ" else "D") + stroke
        else:
            typed += character
    return typed + tone


def initial(text: str) -> str:
    """Văn → V."""
    return f"{text[0]}." if text else text


WAYS: Mapping[str, Callable[[str], str]] = {
    "right": lambda text: text,
    "without_marks": without_marks,
    "tone_moved": tone_moved,
    "tone_wrong": tone_wrong,
    "i_y": i_y,
    "as_spoken": as_spoken,
    "telex": telex,
    "vni_keys": vni_keys,
    "initial": initial,
}
"""Ways of writing that a `Vocabulary` keeps for each of its words."""


def mistyped(text: str, draw: int) -> str:
    """One letter missing, doubled, replaced or exchanged with the next, as `draw` says."""
    if len(text) < 3:
        return text
    kind, place = draw % 4, 1 + (draw // 4) % (len(text) - 2)
    before, letter, after = text[:place], text[place], text[place + 1 :]
    if not letter.isalpha():
        return before + after if letter == " " else text
    if kind == 0:
        return before + after
    if kind == 1:
        return before + letter + letter + after
    if kind == 2:
        return before + "qwertyuiopasdghklcvbnm"[draw // 97 % 22] + after
    return before + after[0] + letter + after[1:]
