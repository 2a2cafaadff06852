"""Which words of a name say the parent, and which the branch: a branch is not its parent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mdm.standardise.organisation_parts import Part
from mdm.standardise.phrases import Words

_BEFORE_A_PLACE = frozenset(("so", "tai", "o", "tinh", "tp", "thanh", "pho", "in", "of", "at", "the"))
_BRANCH_WORDS = {"CN": "chi nhanh", "VPDD": "van phong dai dien", "DDKD": "dia diem kinh doanh"}


def branch(parts: list[Part], words: Words, places: Mapping[str, str]) -> tuple[list[Part], str | None, str | None]:
    """The parts that name the parent; the text of the branch, and its kind where a word for it stands there."""
    place = next((i for i, part in enumerate(parts) if part.is_branch), None)
    if place is None:
        body, named = _unit(parts, words)
        return body, (" ".join(_place_words(named, places)) or None) if named else None, None
    phrase = parts[place].phrase
    kind = (phrase.form if phrase else None) or "CN"
    body, named = (
        _headed(parts[place + 1 :], words) if place == 0 else _tailed(parts[:place], parts[place + 1 :], words)
    )
    return body or parts, " ".join(_place_words(named, places)) or _BRANCH_WORDS[kind], kind


def _unit(parts: list[Part], words: Words) -> tuple[list[Part], list[Part]]:
    """Without a word for branch: KHO BÌNH DƯƠNG - CÔNG TY CP ABC, and CÔNG TY CP ABC TẠI BÌNH DƯƠNG."""
    if not words.breaks and "tại" not in words.toned:
        return parts, []
    for i, part in enumerate(parts):
        if i and part.at in words.breaks and part.is_firm:
            before, body = parts[:i], parts[i:]
            if _is_named(body) and _is_named(before) and not any(each.is_firm for each in before):
                return body, before
    if not any(part.is_firm for part in parts):
        return parts, []
    at = next((i for i, part in enumerate(parts) if words.toned[part.at] == "tại" and _is_named(parts[:i])), None)
    return (parts, []) if at is None or at + 1 == len(parts) else (parts[:at], parts[at:])


def _is_named(parts: Sequence[Part]) -> bool:
    return any(part.core for part in parts)


def _headed(rest: list[Part], words: Words) -> tuple[list[Part], list[Part]]:
    """CHI NHÁNH [2 | BÌNH DƯƠNG] CÔNG TY CP ABC [TẠI … | - … | SỐ 2]; in English: Branch of ABC Corp in …"""
    if not rest:
        return [], []
    company = 0 if words.plain[rest[0].at - 1 : rest[0].at] == ["of"] else _first_company(rest)
    if not _names_a_parent(rest[company:], words):
        company = 0  # VPĐD ABC CORP. TẠI …: in English the form stands behind the name
    named, body = rest[:company], rest[company:]
    distinctive = False
    for i, part in enumerate(body):
        apart = not named and not part.form and (part.at in words.breaks or _is_closing_number(body[i:]))
        if distinctive and (_leads_to_a_place(part, words) or apart):
            return body[:i], named + body[i:]
        distinctive = distinctive or bool(part.core)
    return body, named


def _first_company(parts: list[Part]) -> int:
    """A firm's form rather than a household's: CỬA HÀNG SỐ 5 - CÔNG TY … names a shop of the firm."""
    firm = next((i for i, part in enumerate(parts) if part.is_firm), None)
    return firm if firm is not None else next((i for i, part in enumerate(parts) if part.is_company), 0)


def _names_a_parent(body: list[Part], words: Words) -> bool:
    core = next((part for part in body if part.core), None)
    return core is not None and not _leads_to_a_place(core, words)


def _is_closing_number(rest: list[Part]) -> bool:
    """SỐ 2, and nothing after it."""
    said = [word for part in rest for word in part.words]
    return len(said) == 2 and said[0] == "so" and said[1].isdigit()


def _leads_to_a_place(part: Part, words: Words) -> bool:
    return words.says(part.at, "tại") or part.words in (["in"], ["at"])


def _tailed(body: list[Part], rest: list[Part], words: Words) -> tuple[list[Part], list[Part]]:
    """CÔNG TY CP ABC - CN 2; in English the place stands before: ABC Co., Ltd. - Binh Duong Branch."""
    if rest:
        return body, rest
    cut = len(body)
    while cut > 0 and not body[cut - 1].form:
        cut -= 1
        if body[cut].at in words.breaks:
            break
    return (body[:cut], body[cut:]) if _is_named(body[:cut]) else (body, [])


def _place_words(parts: list[Part], places: Mapping[str, str]) -> list[str]:
    words: list[str] = []
    for part in parts:
        words += part.core if part.core and part.phrase is not None else part.words
    return spelled_out([word for word in words if word not in _BEFORE_A_PLACE], places)


def spelled_out(words: Sequence[str], places: Mapping[str, str]) -> list[str]:
    """Words with the abbreviations of units in full: `q`, `1` and `q1` are both `quan`, `1`."""
    return [part for word in words for part in _spelled_out(word, places)]


def _spelled_out(word: str, places: Mapping[str, str]) -> tuple[str, ...]:
    joined = word[:1] in places and word[1:].isdigit()
    return (places[word[0]], word[1:].lstrip("0") or "0") if joined else (places.get(word, word),)
