"""What is found of a source's columns when it is set up, and then frozen in its `SourceProfile`.

Functions of whole columns; a run never calls them, so that how a cell is read depends on its row and the rule set only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl
from rapidfuzz.distance import OSA

from mdm.standardise import dates, personal_ids, sexes
from mdm.standardise.codes import tidy
from mdm.standardise.knowledge import Knowledge

_THREE_PARTS = re.compile(r"\s*(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})(?:\D.*)?", re.DOTALL)
_CONVENTIONS = (
    {"1": "male", "2": "female"},
    {"1": "male", "0": "female"},
    {"true": "male", "false": "female"},
)
"""The commonest meanings of bare codes: the health system's, and that of a bit column called "is a man"."""
_ENOUGH = 5
"""Personal numbers that must speak of a code before they are believed, and the share of them that must agree."""
_AGREEMENT = 0.8
_WITNESSES = 20_000
"""Numbers that are asked of each code."""
SLIPPED = 4
"""Letters of a word in which one may be a slip; a shorter word that differs is another (An, Ba; Lan, Loan)."""
_NEW_YEARS = 20
TIMES_EXPECTED = 3


def date_order(values: pl.Series) -> str:
    """`dmy`, `mdy` or `ymd`, from the dates of a column that allow one reading only; `dmy` where nothing is proven."""
    return proven_order(date_proofs(values))


def proven_order(proofs: Mapping[str, int]) -> str:
    """The order that most proofs speak for."""
    if proofs["ymd"] > proofs["dmy"] + proofs["mdy"]:
        return "ymd"
    return "mdy" if proofs["mdy"] > proofs["dmy"] else "dmy"


def date_proofs(values: pl.Series) -> dict[str, int]:
    """Order → the rows whose date can be read in no other order.

    `values`: String, every row of the column. A part beyond 12 is no month, one beyond 31 is a year.
    """
    first, second, year_first = 0, 0, 0
    for text, rows in _counted(values):
        parts = _THREE_PARTS.fullmatch(tidy(text))
        if parts is None:
            continue
        a, b = int(parts[1]), int(parts[2])
        year_first += rows * (a > 31 and len(parts[3]) == 2)
        first += rows * (12 < a <= 31 and b <= 12)
        second += rows * (a <= 12 < b <= 31)
    return {"dmy": first, "mdy": second, "ymd": year_first}


def sex_codes(values: pl.Series, personal_numbers: pl.Series | None, knowledge: Knowledge) -> dict[str, str]:
    """Folded code → `male` or `female`, for what isn't a word for sex; sorted by code.

    `values`: String; `personal_numbers`: String of the same rows as received, or None. Codes are verified against the
    sex digit of 12-digit numbers where those speak; the others follow from the code beside them or from convention.
    """
    found = {} if personal_numbers is None else sex_evidence(values, personal_numbers, knowledge)
    return dict(sorted(_completed(found, sorted(bare_codes(values, knowledge))).items()))


def bare_codes(values: pl.Series, knowledge: Knowledge) -> dict[str, int]:
    """Folded code → rows, of what isn't a word for sex."""
    codes: dict[str, int] = {}
    for text, rows in _counted(values):
        if _is_code(code := sexes.folded(text), knowledge):
            codes[code] = codes.get(code, 0) + rows
    return codes


def sex_evidence(values: pl.Series, personal_numbers: pl.Series, knowledge: Knowledge) -> dict[str, str]:
    """Folded code → what the sex digits of 12-digit numbers beside it say, where enough of them agree."""
    votes: dict[str, list[int]] = {}
    beside = pl.DataFrame({"code": values.cast(pl.String), "number": personal_numbers.cast(pl.String)}).drop_nulls()
    for (text,), numbers in beside.group_by("code", maintain_order=True):
        if _is_code(code := sexes.folded(str(text)), knowledge):
            for said in filter(None, map(_sex_of, numbers["number"].head(_WITNESSES))):
                votes.setdefault(code, [0, 0])[sexes.SEXES.index(said)] += 1
    return {code: sex for code in sorted(votes) if (sex := _elected(votes[code])) is not None}


def new_year_is_year(values: pl.Series, order: str = "dmy") -> bool:
    """Whether 1 January stands for "only the year is known": more than three times its share, and twenty such at least.

    `values`: String, every row of the column.
    """
    return new_year_excess(values, order) > TIMES_EXPECTED


def new_year_excess(values: pl.Series, order: str = "dmy") -> float:
    """How many times as often as by chance a date is 1 January; 0 where fewer than twenty are."""
    habits = dates.Habits(order)
    days, new_years = 0, 0
    for text, rows in _counted(values):
        _, _, month, day, _ = dates.read(text, habits)
        days += rows * (day is not None)
        new_years += rows * (month == 1 and day == 1)
    return new_years * 365 / days if new_years >= _NEW_YEARS else 0.0


def shared(values: pl.Series, holders: pl.Series, limit: int) -> list[str]:
    """Values (phones, personal numbers) that more than `limit` different holders have, sorted.

    `values`: String or List(String), canonical; `holders`: plain names. One person is often written in several ways, so
    names that are nearly alike, or of which one has only words of the other, count as one.
    """
    frame = pl.DataFrame({"value": values, "holder": holders})
    if isinstance(frame.schema["value"], pl.List):
        frame = frame.explode("value")
    names = frame.drop_nulls().group_by("value").agg(pl.col("holder").unique().sort())
    often = names.filter(pl.col("holder").list.len() > limit)
    return sorted(value for value, held_by in often.iter_rows() if _are_more(held_by, limit))


def _are_more(names: list[str], limit: int) -> bool:
    """Whether more than `limit` of the names can't be one another's spelling; each stands for those like it."""
    persons: list[list[str]] = []
    for words in sorted((sorted(name.split()) for name in names), key=lambda words: (-len("".join(words)), words)):
        if not any(_may_be_one(words, person) for person in persons):
            persons.append(words)
        if len(persons) > limit:
            return True
    return False


def _may_be_one(words: list[str], person: list[str]) -> bool:
    """Whether sorted words of two names differ by words left out, or by slips and initials alone."""
    ours, theirs = [w for w in words if w not in person], [w for w in person if w not in words]
    if not ours or not theirs:
        return True
    return len(ours) == len(theirs) and all(_is_slip(*sorted(pair, key=len)) for pair in zip(ours, theirs, strict=True))


def _is_slip(shorter: str, longer: str) -> bool:
    if len(shorter.rstrip(".")) == 1:
        return longer.startswith(shorter.rstrip("."))
    return len(shorter) >= SLIPPED and OSA.distance(shorter, longer) <= 1


def _counted(values: pl.Series) -> list[tuple[str, int]]:
    """Distinct texts with the number of their rows."""
    counts = values.cast(pl.String).drop_nulls().value_counts(name="rows")
    return list(zip(counts[values.name].to_list(), counts["rows"].to_list(), strict=True))


def _is_code(text: str, knowledge: Knowledge) -> bool:
    return len(text) <= len("false") and text.isalnum() and not sexes.is_word(text, knowledge)


def _sex_of(number: str) -> str | None:
    canonical = personal_ids.normalise(number)
    return None if canonical is None else personal_ids.sex(canonical)


def _elected(votes: list[int]) -> str | None:
    most = max(votes)
    if sum(votes) < _ENOUGH or most < _AGREEMENT * sum(votes):
        return None
    return sexes.SEXES[votes.index(most)]


def _completed(found: Mapping[str, str], codes: list[str]) -> dict[str, str]:
    """Codes that no number spoke of: the opposite of the one that is known, else as the convention has it."""
    for convention in _CONVENTIONS:
        known = {code: found[code] for code in convention if code in found}
        if not set(convention) <= set(codes) or len(set(known.values())) < len(known):
            continue
        meaning: Mapping[str, str] = convention
        if any(convention[code] != sex for code, sex in known.items()):
            meaning = {code: _opposite(sex) for code, sex in convention.items()}
        return {**meaning, **found}
    return dict(found)


def _opposite(sex: str) -> str:
    return sexes.SEXES[1 - sexes.SEXES.index(sex)]
