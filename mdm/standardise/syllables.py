"""Vietnamese orthography: a syllable is onset + rhyme + tone; nothing else is one.

Everything here takes NFC text. The grammar tells Vietnamese from a wrongly decoded byte, a keystroke left in, or
another language; it also knows where the tone mark belongs. It writes more syllables than are in use, none that isn't
spelled as Vietnamese is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from unicodedata import normalize

TONES = "\u0300\u0301\u0309\u0303\u0323"
"""Combining huyền, sắc, hỏi, ngã, nặng; a tone is its index here plus one, and 0 is ngang, the unmarked tone."""
SAC, NANG = 2, 5

VOWELS = "aăâeêioôơuưy"
_MARKED = {normalize("NFC", vowel + tone): (vowel, i) for vowel in VOWELS for i, tone in enumerate(("", *TONES))}
_TONED = {pair: letter for letter, pair in _MARKED.items()}
LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzđ") | frozenset(_MARKED)
"""Lower-case letters of Vietnamese text, with their marks, and the Latin letters that only foreign words use."""

_TONELESS = str.maketrans({letter: vowel for letter, (vowel, _) in _MARKED.items()})
_BASE = str.maketrans("ăâêôơưđ", "aaeooud")

_ONSETS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
_RHYMES = """
    a ac ach ai am an ang anh ao ap at au ay  ăc ăm ăn ăng ăp ăt  âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et  ê êch êm ên ênh êp êt êu
    i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oem oen oeo oet oi om on ong ooc oong
    op ot  ô ôc ôi ôm ôn ông ôp ôt  ơ ơi ơm ơn ơp ơt
    u ua uân uâng uât uây uc uê uêch uên uênh uêu ui um un ung uôc uôi uôm uôn uông uôt up ut uơ uy uya uych uyên uyêt
    uyn uynh uyp uyt uyu  ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu
    y ych yêm yên yêng yêt yêu yn ynh yp yt
"""
_BACK = frozenset("aăâoôơuư")
_FRONT = frozenset("eêiy")
_ONSETS_BEFORE = {  # the first letters of the rhymes that an onset takes, where it doesn't take all but y
    **dict.fromkeys(("c", "g", "ng"), _BACK),
    **dict.fromkeys(("k", "gh", "ngh"), _FRONT - {"y"}),
    "qu": frozenset("aăâeêiyôơ"),
    "gi": _BACK | _FRONT - {"i", "y"},
}
_I_IS_Y = frozenset(["", "h", "k", "l", "m", "s", "t", "v", "qu"])
_Y_ALONE = _I_IS_Y | {"n", "th", "d"}


def _may_meet(onset: str, rhyme: str) -> bool:
    """Whether the spelling rules let this onset stand before this rhyme."""
    if rhyme == "y":
        return onset in _Y_ALONE
    if onset == "":
        return rhyme[:2] != "iê" and rhyme not in ("yn", "ynh", "yp", "yt", "ych")
    if rhyme[0] == "y":
        return onset == "qu"
    return rhyme[0] in _ONSETS_BEFORE.get(onset, _BACK | _FRONT)


def _grammar() -> dict[str, tuple[str, str]]:
    """Syllable without tone → its onset and rhyme as spelled (`gìn` is g + in, `giêng` is gi + êng)."""
    rhymes = _RHYMES.split()
    legal = {
        onset + rhyme: (onset, rhyme) for onset in ["", *_ONSETS.split()] for rhyme in rhymes if _may_meet(onset, rhyme)
    }
    for rhyme in rhymes:
        if rhyme[0] == "i" and rhyme != "ia":  # gi + i… is written with one i
            onset = "gi" if rhyme.startswith("iê") else "g"
            legal["g" + rhyme] = (onset, ("g" + rhyme)[len(onset) :])
    return legal


_GRAMMAR = _grammar()
_PLAIN_GRAMMAR = frozenset(text.translate(_BASE) for text in _GRAMMAR)


def take_tone(syllable: str) -> tuple[str, int] | None:
    """Letters without tone and the tone of lower-case text; None if it carries two different tones."""
    toneless = syllable.translate(_TONELESS)
    if toneless == syllable:
        return syllable, 0
    tones = {_MARKED[letter][1] for letter in syllable if letter in _MARKED} - {0}
    return (toneless, tones.pop()) if len(tones) == 1 else None


@lru_cache(maxsize=1 << 16)
def is_syllable(text: str) -> bool:
    """Whether lower-case `text` is spelled as a Vietnamese syllable, with its tone in the old or the new place."""
    parts = take_tone(text)
    if parts is None or parts[0] not in _GRAMMAR:
        return False
    toneless, tone = parts
    return _takes(toneless, tone) and text in (_place(toneless, tone, new=False), _place(toneless, tone, new=True))


def is_plain_syllable(text: str) -> bool:
    """Whether lower-case ASCII `text` is a syllable that lost its marks (`phuc`, `nguyen`)."""
    return text in _PLAIN_GRAMMAR


@lru_cache(maxsize=1 << 16)
def canonical(text: str) -> str:
    """Lower-case `text` with its tone mark where it belongs (old style: hòa, thúy), letters typed twice collapsed.

    What is no syllable even so comes back unchanged, and so does ASCII: it has no mark to move, and `huu` is Hữu.
    """
    parts = take_tone(text)
    if parts is None or text.isascii():
        return text
    for toneless in _collapsed(parts[0]):
        if toneless in _GRAMMAR and _takes(toneless, parts[1]):
            return _place(toneless, parts[1], new=False)
    return text


@lru_cache(maxsize=1 << 16)
def folded(text: str) -> str:
    """The compare key of one lower-case word: `canonical`, and a final y written i where the two are variants."""
    text = canonical(text)
    parts = take_tone(text)
    if parts is None or parts[0] not in _GRAMMAR:
        return text
    onset, rhyme = _GRAMMAR[parts[0]]
    return _place(onset + "i", parts[1], new=False) if rhyme == "y" and onset in _I_IS_Y else text


def _takes(toneless: str, tone: int) -> bool:
    """A rhyme that ends in a stop takes only sắc or nặng."""
    return tone in (SAC, NANG) or not toneless.endswith(("c", "ch", "p", "t"))


def _place(toneless: str, tone: int, *, new: bool) -> str:
    """Put the tone on the vowel that carries it."""
    if not tone:
        return toneless
    onset, rhyme = _GRAMMAR[toneless]
    at = len(onset) + _carrier(rhyme, new=new)
    return toneless[:at] + _TONED[toneless[at], tone] + toneless[at + 1 :]


def _carrier(rhyme: str, *, new: bool) -> int:
    """Index of the vowel that carries the tone; `new` moves it in open oa, oe, uy only."""
    marked = [i for i, letter in enumerate(rhyme) if letter in "ăâêôơư"]
    if marked:
        return marked[-1]
    vowels = sum(letter in VOWELS for letter in rhyme)
    if vowels < len(rhyme):
        return vowels - 1
    return 1 if vowels == 3 or (new and rhyme in ("oa", "oe", "uy")) else 0


def _collapsed(toneless: str) -> Iterator[str]:
    """The text, then with one vowel that was typed twice in different dress written once (`hoaâng`: hoâng, hoang)."""
    yield toneless
    for i in range(len(toneless) - 1):
        first, second = toneless[i], toneless[i + 1]
        if first in VOWELS and first.translate(_BASE) == second.translate(_BASE):
            yield toneless[:i] + toneless[i + 1 :]
            yield toneless[: i + 1] + toneless[i + 2 :]


# Keystrokes left in the text

_TELEX_TONES = {"f": 1, "s": 2, "r": 3, "x": 4, "j": 5, "z": 0}
_VNI_TONES = {"2": 1, "1": 2, "3": 3, "4": 4, "5": 5, "0": 0}
_VIQR_TONES = {"`": 1, "'": 2, "?": 3, "~": 4, ".": 5}
_HAT, _HORN, _BREVE = ({"a": "â", "e": "ê", "o": "ô"}, {"u": "ư", "o": "ơ"}, {"a": "ă"})

_VNI_WORD = re.compile(r"[a-z][0-9]")
_VIQR_WORD = re.compile(r"\bdd[a-z]|[aeiouy][\^(+`~]")


class _Typed:
    """A word while its keys are played back: letters so far, and a tone."""

    def __init__(self, tone: int) -> None:
        self.letters: list[str] = []
        self.tone = tone

    def has_vowel(self) -> bool:
        return any(letter in VOWELS for letter in self.letters)

    def mark(self, change: dict[str, str]) -> bool:
        """Mark the last vowel that can take it (and the u of uơ); False if none can."""
        for i in reversed(range(len(self.letters))):
            if self.letters[i] in change:
                self.letters[i] = change[self.letters[i]]
                if self.letters[i] == "ơ" and i and self.letters[i - 1] == "u" and self.letters[: i - 1] != ["q"]:
                    self.letters[i - 1] = "ư"
                return True
        return False

    def bar(self) -> bool:
        """Turn the d at the front into đ; False if there is none."""
        if self.letters[:1] != ["d"]:
            return False
        self.letters[0] = "đ"
        return True


def _press_telex(word: _Typed, key: str) -> bool:
    if key in _TELEX_TONES and word.has_vowel():
        word.tone = _TELEX_TONES[key]
        return True
    if key == "w":
        marked = word.mark(_HORN | _BREVE)
    else:
        marked = word.bar() if key == "d" else key in _HAT and word.mark({key: _HAT[key]})
    if not marked:
        word.letters.append("ư" if key == "w" else key)
    return True


def _press_vni(word: _Typed, key: str) -> bool:
    if key in _VNI_TONES:
        word.tone = _VNI_TONES[key]
        return word.has_vowel()
    match key:
        case "6":
            return word.mark(_HAT)
        case "7":
            return word.mark(_HORN)
        case "8":
            return word.mark(_BREVE)
        case "9":
            return word.bar()
    word.letters.append(key)
    return True


def _press_viqr(word: _Typed, key: str) -> bool:
    if key in _VIQR_TONES:
        word.tone = _VIQR_TONES[key]
        return word.has_vowel()
    match key:
        case "^":
            return word.mark(_HAT)
        case "+":
            return word.mark(_HORN)
        case "(":
            return word.mark(_BREVE)
        case "d" if word.letters == ["d"]:
            return word.bar()
    word.letters.append(key)
    return True


def _play(text: str, press: Callable[[_Typed, str], bool]) -> str | None:
    """The syllable that these keys write, or None."""
    parts = take_tone(text)
    if parts is None:
        return None
    word = _Typed(parts[1])
    if not all(press(word, key) for key in parts[0]):
        return None
    toneless = "".join(word.letters)
    if toneless.endswith("ươ"):  # thuở: at the end uow is uơ
        toneless = toneless[:-2] + "uơ"
    legal = toneless in _GRAMMAR and _takes(toneless, word.tone)
    return _place(toneless, word.tone, new=False) if legal else None


@lru_cache(maxsize=1 << 16)
def undo_telex(text: str) -> str:
    """One lower-case word without Telex keys (`vawn` → văn), if only then it is a syllable; else unchanged."""
    if is_syllable(canonical(text)) or is_plain_syllable(text):
        return text
    return _play(text, _press_telex) or text


def undo_vni(text: str) -> str | None:
    """Lower-case words without VNI digits (`nguye6n4 va8n` → nguyễn văn); None unless every word is then a syllable.

    A digit beside letters may mean anything in one word, so words are judged together, and marked letters speak
    against it: who types VNI digits into a field without a VNI keyboard gets no marks at all.
    """
    return _undo_words(text, _VNI_WORD, _press_vni) if text.isascii() else None


def undo_viqr(text: str) -> str | None:
    """Lower-case words without VIQR marks (`nguye^~n va(n` → nguyễn văn); None unless every word is then a syllable.

    A mark that is ordinary punctuation too (`. ' ?`) counts only beside one that isn't.
    """
    return _undo_words(text, _VIQR_WORD, _press_viqr)


def _undo_words(text: str, sign: re.Pattern[str], press: Callable[[_Typed, str], bool]) -> str | None:
    if not sign.search(text):
        return None
    words = [word if is_syllable(word) or is_plain_syllable(word) else _play(word, press) for word in text.split()]
    return " ".join(word for word in words if word is not None) if None not in words else None
