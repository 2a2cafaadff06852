"""A name out of an odd text: titles, notes and keystrokes off, torn and glued words put right, initials known as such.

Gives the words of the name in lower case and in Vietnamese order. A word that ends in a dot is an initial or an
abbreviation (`ng.`), which a comparison treats as compatible with what it may stand for; a `?` in one is a letter lost
for ever.
"""

from __future__ import annotations

import re
from itertools import groupby

from mdm.standardise.name_order import comma_order, in_order
from mdm.standardise.name_words import MIDDLES, Lexicon, Token, is_given, is_surname, lossy, token
from mdm.standardise.syllables import LETTERS, canonical, folded, is_syllable, undo_telex, undo_viqr, undo_vni
from mdm.standardise.text import APOSTROPHES, plain

_BRACKETS = re.compile(r"[(\[{<].*|[)\]}>]")
_IN_BRACKETS = re.compile(r"[(\[{<\"“](?P<said>[^()\[\]{}<>\"“”\d]{2,40})[)\]}>\"”]")
_TAIL = re.compile(r"\s[-–—:;/|]+\s.*|[:;|].*|\s*[-–—,]?\s*(?<!\w)[+]?\d.*|_+")
_LISTED = re.compile(r"^\W*\d{1,3}(?:[.)/\s-]\W*|\s+)(?=[^\W\d_])")
_NAMESAKE = re.compile(r"[a-z ]+\d")
_DIGITS = re.compile(r"\d+")
_MISREAD = re.compile(r"(?<![\w.,/-])(?=\w*[01])[^\W\d_]*[01]?[^\W\d_]+[01]?[^\W\d_]*(?![\w/-])")
TOKEN = re.compile(r"[^\W\d_](?:[^\W\d_]|['?~\u0300-\u036f-])*\.?|\?[^\s.,]*")
"""One word of a name as it is written, with the dot of an initial."""
_GLUED = re.compile(r"(?<=[^\W\d_])\.(?=[^\W\d_])")
_SMALL = "".join(sorted(LETTERS))
_JOINT = re.compile(rf"(?<=[{_SMALL}])(?=[{_SMALL.upper()}])")
_APOSTROPHE = re.compile(rf"\s*[{APOSTROPHES}]+\s*(?=\S)|[{APOSTROPHES}]")
_WORDS = re.compile(r"\w+")
_VOWEL = re.compile("[aeiouyw]")
_SHORTENED = {cut + tail: cut for cut in ("ng", "tr", "ph", "th", "kh", "nh", "ch", "gi", "qu") for tail in ("", "x")}
_TELEX_INSIDE = re.compile(r"^dd|w(?!$)|[fj]$|aw$|uw$")


def tokenize(text: str, words: Lexicon) -> tuple[list[str], str | None]:
    """The words of the name in a repaired text, and the other name that it tells (`Ba Râu`, `tức Ba`), or None."""
    name, other = _without_alias(text, words)
    alias = _alias(other, words) if other else None
    return _words_of(name, words), alias


def with_surname(text: str, words: Lexicon) -> str:
    """A text whose surname lost letters to a save as ANSI (`Nguy?n Th? Hoa`), with it, where it can be one only.

    Only where no letter is left that would have been lost too; `Th?` may be Thị, Thụ or Thế.
    """
    asked = text.replace("\ufffd", "?")
    if "?" not in asked or lossy(asked) != asked:
        return text
    named = without_titles(TOKEN.findall(asked), words)
    surname = words.lost_surnames.get(named[0].lower().rstrip(".")) if len(named) > 1 else None
    return asked.replace(named[0], surname, 1) if surname else text


def _words_of(text: str, words: Lexicon) -> list[str]:
    text = _without_keys(text, words)
    if numbered := _DIGITS.search(text) is not None:
        text = _MISREAD.sub(lambda word: _letters_for_digits(word[0]), _LISTED.sub("", text))
    text = without_notes(_APOSTROPHE.sub("'", text), words)
    text = _GLUED.sub(". ", text.replace("\ufffd", "?")) if "." in text or "\ufffd" in text else text
    text = _DIGITS.sub("", text) if numbered else text
    parts = [part for part in (_split(part, words) for part in text.split(",")) if part]
    if not parts:
        return []
    tokens = in_order(_without_telex(comma_order(parts, words), words), words)
    last = len(tokens) - 1
    return [piece for i, word in enumerate(tokens) for piece in _initials(word, final=i == last)]


def _without_alias(text: str, words: Lexicon) -> tuple[str, str | None]:
    """The civil name's text, and the text of another name: after a word that says so, or alone in brackets."""
    small = text.lower()
    bracket = _IN_BRACKETS.search(text) if not text.isalpha() else None
    if bracket is None and words.other_starts.isdisjoint(_WORDS.findall(small)):
        return text, None
    if (civil := words.civil.search(small)) and _is_announced(civil, words):  # Thích Minh Tâm (thế danh Nguyễn Văn An)
        return text[civil.end() :].strip(' )]}"”'), text[: civil.start()]
    if said := words.alias.search(small):
        return text[: said.start()].rstrip(" ,;-–(["), text[said.end() :]
    if (said := words.nickname.search(text)) and _is_nickname(said):
        return text[: said.start()].rstrip(" ,;-–(["), text[said.end() :]
    if bracket and bracket.start() and not words.remark.match(bracket["said"].lower()):
        return f"{text[: bracket.start()]} {text[bracket.end() :]}", bracket["said"]
    return text, None


def _is_nickname(said: re.Match[str]) -> bool:
    """`Nguyễn Văn Tèo tự Bảy Tèo`: Tự is a name too, so it is small among capitals, in brackets, or two follow."""
    before, after = TOKEN.findall(said.string[: said.start()]), TOKEN.findall(said.string[said.end() :])
    if len(before) < 2 or token(before[-1].lower()).plain in MIDDLES:
        return False
    small = said[1].islower() and before[-1][0].isupper() and after[0][0].isupper()
    return small or said.string[said.start() - 1] == "(" or (len(before) > 2 and len(after) > 1)


def _is_announced(civil: re.Match[str], words: Lexicon) -> bool:
    """Whether a civil name follows a word for it: Nguyễn Thế Danh says none."""
    text, end = civil.string, civil.end()
    named = _WORDS.findall(text, end)
    apart = ":" in civil[0] or text[: civil.start()].rstrip().endswith(("(", ",", "-", "["))
    return apart or (len(named) > 1 and is_surname(token(named[0]), words))


def _alias(text: str, words: Lexicon) -> str | None:
    """Another name in canonical spelling, its words in their order; None where too little or too much is said."""
    found = _split(without_notes(_APOSTROPHE.sub("'", text), words), words)
    if not 0 < len(found) < 7 or len("".join(found).strip(".")) < 2:
        return None
    return " ".join(token(word).title for word in found)


def _without_keys(text: str, words: Lexicon) -> str:
    """VNI digits and VIQR marks played back, over the whole name; the case is set later."""
    small = text.lower()
    return (not _is_numbered(small, words) and undo_vni(small)) or undo_viqr(small) or text


def _is_numbered(small: str, words: Lexicon) -> bool:
    """`Nguyen Van Hung2`: who types VNI marks Nguyễn too, so that the only digit tells two namesakes apart."""
    first, *others = small.split(" ")
    return first in words.marked_surnames and len(others) > 0 and _NAMESAKE.fullmatch(" ".join(others)) is not None


def _letters_for_digits(word: str) -> str:
    """`H0àng`, `L1nh`: a digit that a scan or a hand put for a letter, where only the letter makes a syllable."""
    for one in "il":
        spelled = word.replace("0", "o").replace("1", one)
        if is_syllable(canonical(spelled.lower())) or token(spelled.lower()).legal:
            return spelled
    return word


def without_notes(text: str, words: Lexicon) -> str:
    """A text up to its first note, bracket, number or separator."""
    text = _BRACKETS.sub(" ", text)
    head, _, tail = text.partition(":")  # "ÔNG: NGUYỄN VĂN AN"
    if tail and _is_label(head, words):
        text = tail
    text = text[: end_of_name(text.lower(), words)]
    return _TAIL.sub(" ", text)


def end_of_name(small: str, words: Lexicon) -> int:
    """Where the first note begins, or the length of the text."""
    if words.note_starts.isdisjoint(_WORDS.findall(small)):
        return len(small)
    for found in words.note.finditer(small):
        if " " in found[0].strip() or not _is_surname_alone(small[: found.start()], words):
            return found.start()
    return len(small)


def _is_surname_alone(small: str, words: Lexicon) -> bool:
    """Whether only a surname stands before a note: Lê Và Hà is one person."""
    before = without_titles(TOKEN.findall(small), words)
    return len(before) == 1 and is_surname(token(before[0]), words)


def _is_label(text: str, words: Lexicon) -> bool:
    said = tuple(text.lower().replace(".", " ").split())
    return said in words.titles or said in words.labels


def _split(text: str, words: Lexicon) -> list[str]:
    """The words of one part, titles cut, pieces joined or parted."""
    cased = without_titles(TOKEN.findall(text), words)
    return [piece.lower() for word in _joined(cased, words) for piece in _parted(word, words)]


def without_titles(tokens: list[str], words: Lexicon) -> list[str]:
    """The words of a name after its titles."""
    small = [word.lower().strip(".:") for word in tokens]
    start = 0
    while (cut := title_length(small[start:], words)) and not _is_turned_anh(small[start:], words):
        start += cut
        if small[start] == small[start - 1]:  # bà Bà Thị Lan
            break
    return tokens[start:]


def _is_turned_anh(small: list[str], words: Lexicon) -> bool:
    """`Anh Nguyễn Quỳnh` is rather Nguyễn Quỳnh Anh; with one word more Anh is the title."""
    return len(small) < 4 and token(small[0]).key in words.given and (small[0],) not in words.sure_titles


def title_length(small: list[str], words: Lexicon) -> int:
    """How many words at the front are a title: what may follow depends on the title, Thị and Văn follow sure ones."""
    if not small or small[0] not in words.title_starts:
        return 0
    for size in range(min(words.longest_title, len(small) - 1), 0, -1):
        title, follows = tuple(small[:size]), token(small[size])
        if title not in words.titles:
            continue
        if title in words.sure_titles or _surname_after(title, follows, words):
            return size
        if follows.plain in MIDDLES:
            continue
        if title in words.name_titles and (size + 1 == len(small) or not follows.legal or len(follows.plain) == 1):
            return size  # Ông Ba, Ông Smith John, Ông A Sanh; but Ông Ích Khiêm
        if title in words.name_titles and any(token(word).key in words.clear for word in small[size + 1 :]):
            return size  # Ông Phước Võ Văn
    return 0


def _surname_after(title: tuple[str, ...], follows: Token, words: Lexicon) -> bool:
    """Whether a surname follows a title that may be a name: in Ong Cong Son and Anh Khoa it is rather a given name."""
    doubtful = "".join(title).isascii() and is_given(follows, words) and follows.key not in words.common
    return is_surname(follows, words) and not doubtful


def _joined(tokens: list[str], words: Lexicon) -> list[str]:
    """Letters and pieces that a scan tore apart, joined: `N g u y ễ n`, `Đ ặng`, `H Hen Niê`."""
    joined: list[str] = []
    for word in _spaced_out(tokens, words):
        before = joined[-1] if joined else ""
        whole = (before + word).lower()
        torn = before.isalpha() and word[0].islower() and before[0].isupper() and not token(before.lower()).legal
        surname = len(joined) == 1 and not token(before.lower()).legal and folded(whole) in words.clear
        if (torn or surname) and is_syllable(canonical(whole)):
            joined[-1] = before + word
        elif before.lower() == "h" and len(joined) == 1 and _is_highland(tokens, words):
            joined[-1] = f"{before}'{word}"
        else:
            joined.append(word)
    return joined


def _spaced_out(tokens: list[str], words: Lexicon) -> list[str]:
    """Tokens with each run of three single letters or more read as the syllables that it spells; initials have dots."""
    whole: list[str] = []
    for single, run in groupby(tokens, key=lambda word: len(word) == 1 and word.isalpha()):
        letters = list(run)
        whole += _spelled("".join(letters), words) or letters if single and len(letters) > 2 else letters
    return whole


def _spelled(letters: str, words: Lexicon) -> list[str] | None:
    """What a run of single letters spells; without a mark it must be a name in one way only."""
    if letters.isascii() and len(letters) > 5 and (name := run_together(letters.lower(), words)):
        return name
    syllables = _syllables(letters)
    return syllables if is_syllable(syllables[0].lower()) else None


def _is_highland(tokens: list[str], words: Lexicon) -> bool:
    return any(plain(word) in words.highland for word in tokens)


def _syllables(text: str) -> list[str]:
    """A run of letters cut into syllables, the longest first; itself if that fails."""
    rest, found = text, list[str]()
    while rest:
        length = next((n for n in range(min(7, len(rest)), 0, -1) if is_syllable(rest[:n].lower())), 0)
        if not length:
            return [text]
        found.append(rest[:length])
        rest = rest[length:]
    return found


def _parted(word: str, words: Lexicon) -> list[str]:
    """`NguyenVanAn`, `Nguyễn-Văn-An` and `NGUYENVANAN` in their syllables, if every piece is one."""
    small = word.lower()
    if token(small).legal and "-" not in word:
        return [word]  # NguYễn is one syllable in random case
    pieces = [piece for part in word.split("-") for piece in _JOINT.split(part)]
    if len(pieces) > 1 and all(token(piece.lower()).legal for piece in pieces):
        return pieces
    for middle in ("thị", "văn"):
        if small.startswith(middle) and token(small[len(middle) :]).legal:
            return [middle, small[len(middle) :]]  # NGUYỄN THỊCÚC
    return run_together(small, words) or [word]


def run_together(small: str, words: Lexicon) -> list[str] | None:
    """`nguyenvanan` as surname, middle and given name, where it can be cut in one way only; else None.

    The surname must be one that is hardly anything else, or Văn or Thị must follow it. Where the cut with the fewest
    syllables isn't the only one of its size (`tranngocanh`), nothing is cut.
    """
    for size in range(min(6, len(small) - 2), 1, -1):
        surname, rest = small[:size], small[size:]
        dress = token(surname)
        middle = next(
            (m for m in ("thị", "thi", "văn", "van") if rest.startswith(m) and token(rest[len(m) :]).legal), ""
        )
        if middle and is_surname(dress, words):
            return [surname, middle, rest[len(middle) :]]
        if dress.key in words.clear and (small.isascii() or surname in words.surname_words):
            cuts = _cuts(rest, 3)
            fewest = [cut for cut in cuts if len(cut) == min(map(len, cuts))]
            if len(fewest) == 1 and len(fewest[0]) > 1:
                return [surname, *fewest[0]]
    return None


def _cuts(text: str, most: int) -> list[list[str]]:
    """Every way to cut a text into so many syllables at most, of two letters or more."""
    whole = [[text]] if len(text) > 1 and token(text).legal else []
    if most == 1:
        return whole
    heads = [n for n in range(2, min(7, len(text) - 1)) if token(text[:n]).legal]
    return whole + [[text[:n], *rest] for n in heads for rest in _cuts(text[n:], most - 1)]


def _initials(word: str, *, final: bool) -> list[str]:
    """`n.` stays, `ng`, `ngx` and `ng~` become `ng.`, `nv` becomes `n.`, `v.`; a last letter alone is a name."""
    letters = word.strip(".~-'")
    if "?" in word or not letters:
        return [word.strip(".")]
    if _VOWEL.search(plain(letters)) and (not word.endswith(".") or (token(letters).legal and len(letters) > 2)):
        return [letters]
    if final and len(word) == 1:
        return [word]
    if len(letters) == 1 or letters in _SHORTENED:
        return [_SHORTENED.get(letters, letters) + "."]
    if len(letters) <= 3 and letters.isalpha() and not _VOWEL.search(plain(letters)):
        return [f"{letter}." for letter in letters]
    return [letters]


def _without_telex(tokens: list[str], words: Lexicon) -> list[str]:
    """The words without Telex keys, if all words of the name are Vietnamese then and the keys are no foreign letters.

    One key at a word's end is weak evidence: Max isn't mã, nor Lee Lê. It counts where another word has keys too, where
    the word is longer and the name toneless, or where it makes a surname in front.
    """
    known = words.surname_words
    typed = [
        i for i, word in enumerate(tokens) if word not in known and not token(word).legal and undo_telex(word) != word
    ]
    if not typed or token(tokens[0]).plain in words.prefixes or not all(map(_may_be_vietnamese, tokens)):
        return tokens
    toneless = all(map(str.isascii, tokens))
    meant = [undo_telex(word) if i in typed else word for i, word in enumerate(tokens)]

    def counts(i: int) -> bool:
        word = tokens[i]
        if len(typed) > 1 or not word.isascii() or len(word) - len(meant[i]) > 1 or _TELEX_INSIDE.search(word):
            return True
        if i == 0:
            return word not in words.foreign and meant[0] in words.clear and token(tokens[-1]).key not in words.clear
        return toneless and len(word) > 3 and is_surname(token(tokens[0]), words)

    return [meant[i] if i in typed and counts(i) else word for i, word in enumerate(tokens)]


def stays(word: str, words: Lexicon) -> bool:
    """Whether a lower-case word without capitals inside comes out as it is: nothing to part, play back or cut short.

    A single letter stands at the end of the name.
    """
    if word.startswith("dd") or (word not in words.surname_words and undo_telex(word) != word):
        return False
    return len(word) == 1 or (_parted(word, words) == [word] and _initials(word, final=False) == [word])


def _may_be_vietnamese(word: str) -> bool:
    return token(word).legal or undo_telex(word) != word or _initials(word, final=False)[-1].endswith(".")
