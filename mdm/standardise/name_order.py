"""The order of a name's words and its parts họ, đệm, tên: read from both ends, turned only on clear evidence."""

from __future__ import annotations

from mdm.standardise.name_words import MIDDLES, Lexicon, Token, is_surname, proves_order, token


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
    clear = [dress.key in words.clear for dress in dressed]
    if len(tokens) < 2 or clear[0]:
        return tokens
    last = len(tokens) - 1
    if clear[last - 1] and last > 1 and dressed[last].plain in MIDDLES:  # Lan Anh Nguyễn Thị
        return tokens[last - 1 :] + tokens[: last - 1]
    if _may_lead(dressed, words):
        return tokens
    if last == 2 and clear[1]:  # Lan Nguyễn Ngọc
        return [*tokens[1:], tokens[0]]
    if clear[last]:
        return _surname_from_the_end(tokens, dressed)
    return tokens


def _may_lead(dressed: list[Token], words: Lexicon) -> bool:
    """Whether the first word is a surname, Văn, or one that says the sex: then nothing tells of another order."""
    first = dressed[0]
    return proves_order(first, words) or first.plain in words.prefixes | {"van"} or starts_double(dressed, words)


def _surname_from_the_end(tokens: list[str], dressed: list[Token]) -> list[str]:
    """`Minh Anh Nguyễn`, `Kevin Van Nguyen`, `Dustin Nguyen`: a foreign given name changes places with the surname."""
    *others, surname = tokens
    if not dressed[0].legal or (len(others) > 1 and dressed[1].plain in MIDDLES):
        return [surname, *others[1:], others[0]]
    return [surname, *others] if len(others) > 1 else tokens  # Hòa Nguyễn: either may be the surname


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
    if plains[0] in words.prefixes:
        return [], plains[:-1], plains[-1]
    size = _match(plains, words) or 1
    return plains[:size], plains[size:-1], plains[-1]


def _surname_at_the_end(dressed: list[Token], plains: list[str], words: Lexicon) -> int:
    """How many words at the end are the surname: a known one, or after Y or H' one that isn't Vietnamese."""
    if is_surname(dressed[0], words) or starts_double(dressed, words):
        return 0
    if plains[-1] in words.last_ends:
        known = (name for name in words.last if len(name) < len(plains) and tuple(plains[-len(name) :]) == name)
        return next(map(len, known), 0)
    led = plains[0] in words.before_surname and len(plains) > 2
    return int((led or dressed[0].title.startswith("H'")) and not dressed[-1].legal)
