"""The order of a name's words and its parts họ, đệm, tên: read from both ends, turned only on clear evidence."""

from __future__ import annotations

from mdm.standardise.name_words import MIDDLES, Lexicon, Token, is_given, is_surname, only_surname, proves_order, token


def comma_order(parts: list[list[str]], words: Lexicon) -> list[str]:
    """`Lan, Nguyễn Thị` has the given name before the comma; of two whole names the first counts."""
    if len(parts) == 1:
        return parts[0]
    first, second = parts[0], parts[1]
    if len(first) > 1 and token(first[0]).plain in words.surnames and token(second[0]).plain in words.surnames:
        return first
    if token(second[0]).key in words.clear and token(first[0]).key not in words.clear:
        return second + first
    return first + second


def in_order(tokens: list[str], words: Lexicon) -> list[str]:
    """Surname first, where the evidence is clear that another order was written."""
    dressed = [token(word) for word in tokens]
    start = _middle_at_the_end(dressed, words)
    if start or len(tokens) < 2 or _may_lead(dressed, words):
        return tokens[start:] + tokens[:start]
    if start := _surname_behind(dressed, words):
        return tokens[start:] + tokens[:start]
    return _surname_from_the_end(tokens, dressed, words) if dressed[-1].key in words.clear else tokens


def _middle_at_the_end(dressed: list[Token], words: Lexicon) -> int:
    """Where the surname stands before Thị or Văn at the end, if that is sure: `Lan Anh Nguyễn Thị`; else 0."""
    if len(dressed) < 3 or dressed[-1].plain not in MIDDLES:
        return 0
    first, surname, middle = dressed[0], dressed[-2], dressed[-1]
    sure = middle.key == "thị" and is_given(first, words) and is_surname(surname, words)  # Trinh Trần Thị
    return len(dressed) - 2 if sure or (surname.key in words.clear and first.key not in words.clear) else 0


def _may_lead(dressed: list[Token], words: Lexicon) -> bool:
    """Whether the first word is a surname, Văn, or one that says the sex: then nothing tells of another order."""
    first = dressed[0]
    if first.key in words.clear or proves_order(first, words) or first.plain in words.prefixes | {"van"}:
        return True
    return starts_double(dressed, words)


def _surname_behind(dressed: list[Token], words: Lexicon) -> int:
    """Where the surname stands behind a given name of one word or two, if it surely does; else 0."""
    first, second, last = dressed[0], dressed[1], len(dressed) - 1
    if last == 2 and second.key in words.clear:  # Lan Nguyễn Ngọc
        return 1
    if last > 3 or not is_given(first, words):
        return 0
    if last == 1:  # Đức Huỳnh
        return int(only_surname(second, words))
    no_surname = not is_surname(first, words) or dressed[last].plain in MIDDLES
    if second.key in words.clear or (no_surname and second.key in words.common):
        return 1  # Cường Đoàn Đình, Thanh Phạm Huỳnh Kim
    return 2 if last == 3 and dressed[2].key in words.clear and not proves_order(second, words) else 0


def _surname_from_the_end(tokens: list[str], dressed: list[Token], words: Lexicon) -> list[str]:
    """`Minh Anh Nguyễn`, `Kevin Van Nguyen`, `Dustin Nguyen`: a foreign given name changes places with the surname."""
    *others, surname = tokens
    if _is_shortened(tokens[0]):  # L. T. Nguyễn; but N. H. Trinh
        return [surname, *others] if only_surname(dressed[-1], words) else tokens
    if not dressed[0].legal or (len(others) > 1 and dressed[1].plain in MIDDLES):
        return [surname, *others[1:], others[0]]
    return [surname, *others] if len(others) > 1 else tokens  # Hàng Nguyễn: either may be the surname


def _is_shortened(word: str) -> bool:
    """Whether a word is an initial or an abbreviation, which may stand for a surname."""
    return word.endswith(".") or len(word) == 1


def starts_double(dressed: list[Token], words: Lexicon) -> bool:
    """Whether a surname of several words stands in front."""
    return _match([dress.plain for dress in dressed], words) > 0


def _match(plains: list[str], words: Lexicon) -> int:
    """How many words at the front are a surname of several, something being left after them."""
    if tuple(plains[:2]) not in words.double_starts:
        return 0
    known = (name for name in words.double if len(name) < len(plains) and tuple(plains[: len(name)]) == name)
    return next(map(len, known), 0)


def parts(dressed: list[Token], words: Lexicon) -> tuple[list[str], list[str], str]:
    """Họ, đệm, tên in plain letters: the surname stands first, but some peoples write it last or not at all."""
    plains = [dress.plain for dress in dressed]
    if len(plains) == 1:
        return [], [], plains[0]
    if size := _surname_at_the_end(dressed, plains, words):
        return plains[-size:], plains[: -size - 1], plains[-size - 1]
    if plains[0] in words.prefixes and not (len(plains) > 2 and _is_rare_surname(dressed[0], words)):
        return [], plains[:-1], plains[-1]
    size = _match(plains, words) or 1
    return plains[:size], plains[size:-1], plains[-1]


def _is_rare_surname(word: Token, words: Lexicon) -> bool:
    """Thi, of Hoa and Khmer families: `Thi Thị Hà`, but `Thị Rem` has no surname."""
    return word.plain in MIDDLES and word.key in words.surnames


def _surname_at_the_end(dressed: list[Token], plains: list[str], words: Lexicon) -> int:
    """How many words at the end are the surname: a known one, or after Y or H' one that isn't Vietnamese."""
    if is_surname(dressed[0], words) or starts_double(dressed, words):
        return 0
    if plains[-1] in words.last_ends:
        known = (name for name in words.last if len(name) < len(plains) and tuple(plains[-len(name) :]) == name)
        return next(map(len, known), 0)
    led = plains[0] in words.before_surname and len(plains) > 2
    return int((led or dressed[0].title.startswith("H'")) and not dressed[-1].legal)
