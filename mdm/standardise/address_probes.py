"""What premises and endings of addresses read as, whatever stands beside them: found by asking, once for each.

Premises without their numbers are a *shape* (`# hẻm # Lê Lợi`), what follows them is an *ending* (`, P. 5, Q. 3`).
Nothing here knows how an address is read. A shape is steady if reading it with several numbers before several endings
differs in the numbers and the endings only; an ending is, if it reads alike behind several premises. What can't be
seen in this way is asked of `Reading`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property
from typing import NamedTuple, TypeVar

K = TypeVar("K")
T = TypeVar("T")
Fields = tuple[str | None, ...]

NUMBERED = 4
"""The fields that premises decide, and that may hold their numbers: value, house_no, street, street_plain."""
MOST_REMEMBERED = 1 << 17

MARKS = "\x01\x02\x03\x04\x05"
"""What stands in a shape for an apartment's code, a house number, one that begins with a block's letter (A to E), one
that begins with F, which may also announce a ward, and an alley's number. Other letters announce too many things."""
STAND_INS = (
    dict(zip(MARKS, ("E87.63", "9157", "E971/6389", "F972/5471", "8293"), strict=True)),
    dict(zip(MARKS, ("B1.01", "1", "C1/2", "F1/2", "2"), strict=True)),
    dict(zip(MARKS, ("A12.3", "12/34b", "D12bis/5a", "F12/5b", "5c/8TER"), strict=True)),
)
"""Numbers that shapes are probed with: some that appear in no answer by chance, the smallest, and some with letters."""
ENDINGS = (", Phường Bến Nghé, Quận 1, TP. Hồ Chí Minh", ", Khu phố 3, P. Tam Binh, TP Thu Duc, TP HCM", "")
"""Endings that shapes are probed with, one for each row of `STAND_INS`."""
PREMISES = ("9157 Nguyễn Trãi", "9157", "9157 duong Meo Con khu pho 6", "Pasteur")
"""Premises that endings are probed with: a known street, none, an unknown one with a quarter, and no house number."""


class Placed(Enum):
    """What words may mean that the rest of an address decides."""

    STREET = auto()
    """One of several streets: initials, or a street that was renamed in one district."""
    UNIT = auto()
    """A unit, or a street of its name."""


@dataclass(frozen=True)
class Reading:
    """How one text is read, and what can't be found out by asking."""

    read: Callable[[str], Sequence[str | None]]
    """One text → value, house_no, street, street_plain, then what only units decide: all text or None."""
    names: Sequence[str]
    """Of these fields."""
    placed: Callable[[str, bool], Placed | None]
    """(words, behind a house number) → what they may mean that another place decides; None where no place does."""
    divided: Callable[[Sequence[str | None]], tuple[bool, bool]]
    """An answer → whether its street, and whether its place, is one where house numbers tell the units apart."""
    settled: Callable[[str], bool]
    """An ending → whether all of its words belong to units that a word announces: no premises change what it says."""
    reserved: Sequence[str]
    """Numbers that mean something by themselves: they name streets (3/2) or stand in a phrase."""


class Ending(NamedTuple):
    """What an ending adds to the value of any premises, and the fields that it decides."""

    value: str
    fields: Fields


@dataclass(frozen=True)
class Probes:
    """Steady shapes and endings, remembered: what they read as depends on `reading` alone."""

    reading: Reading
    _shapes: dict[str, Fields | None] = field(default_factory=dict)
    _endings: dict[str, Ending | None] = field(default_factory=dict)
    _varying: dict[str, bool] = field(default_factory=dict)
    _whole: dict[tuple[str, str], Fields | None] = field(default_factory=dict)

    def placed(self, shape: str) -> Placed | None:
        """What the words behind a shape's numbers may mean that its ending decides."""
        start = max((shape.rfind(mark) + 2 for mark in MARKS if mark in shape), default=0)
        return self.reading.placed(shape[start:], start > 0)

    def shape(self, text: str) -> Fields | None:
        """The first fields of a steady shape, with its marks; value without units. None for one that is not steady."""
        return _remembered(self._shapes, text, self._probe_shape)

    def ending(self, text: str) -> Ending | None:
        """What a steady ending adds; None for one that is not steady."""
        return _remembered(self._endings, text, self._probe_ending)

    def whole(self, shape: str, ending: str) -> Fields | None:
        """All fields, with marks, of a shape before this ending, if they are alike with any numbers; else None."""
        probe = self._probe_before if self.ending(ending) is not None else self._probe_whole
        return _remembered(self._whole, (shape, ending), lambda pair: probe(*pair))

    @cached_property
    def _alone(self) -> list[Sequence[str | None]]:
        return [self.reading.read(premises) for premises in PREMISES]

    def _probe_shape(self, shape: str) -> Fields | None:
        if self.placed(shape) is not None:
            return None
        answers = []
        for numbers, written in zip(STAND_INS, ENDINGS, strict=True):
            ending = self.ending(written)
            value, *others = self.reading.read(filled(shape, numbers) + written)
            if ending is None or value is None or not value.endswith(ending.value):
                return None
            if tuple(others[NUMBERED - 1 :]) != ending.fields:
                return None
            answers.append((value[: len(value) - len(ending.value)], *others[: NUMBERED - 1]))
        return self._agreed(shape, answers)

    def _probe_whole(self, shape: str, ending: str) -> Fields | None:
        """Numbers may be of the premises and of the ending: each of `STAND_INS` is tried."""
        return self._agreed(shape + ending, [self._answer(shape + ending, numbers) for numbers in STAND_INS])

    def _probe_before(self, shape: str, ending: str) -> Fields | None:
        """Behind a shape whose numbers don't matter at one place they don't at another."""
        varying = _remembered(self._varying, shape, lambda text: self._probe_whole(text, ENDINGS[0]) is not None)
        if not varying:
            return None
        answer = self._answer(shape + ending, STAND_INS[0])
        numbered = any(mark in shape for mark in MARKS)
        # A number in what was not understood stands in the value as it came.
        return None if numbered and answer[1] is None else self._agreed(shape + ending, [answer])

    def _answer(self, shape: str, numbers: Mapping[str, str]) -> Fields:
        return tuple(self.reading.read(filled(shape, numbers)))

    def _agreed(self, shape: str, answers: Sequence[Fields]) -> Fields | None:
        """What the answers for the stand-ins say alike, with marks; None where they don't, or where numbers matter."""
        written = "".join(part for part in shape if part not in MARKS)
        if any(number in written for number in STAND_INS[0].values()) or all(self.reading.divided(answers[0])):
            return None
        marked = tuple(None if text is None else _marked(text, shape) for text in answers[0])
        for numbers, answer in zip(STAND_INS, answers, strict=False):
            shown = {mark: shown_number(number) for mark, number in numbers.items()}
            if answer != tuple(None if text is None else filled(text, shown) for text in marked):
                return None
        return marked

    def _probe_ending(self, ending: str) -> Ending | None:
        found = set()
        enough = 1 if self.reading.settled(ending) else len(PREMISES)
        for premises, alone in zip(PREMISES[:enough], self._alone, strict=False):
            answer = self.reading.read(premises + ending)
            start, value = alone[0] or "", answer[0] or ""
            if not value.startswith(start) or tuple(answer[1:NUMBERED]) != tuple(alone[1:NUMBERED]):
                return None
            found.add(Ending(value[len(start) :], tuple(answer[NUMBERED:])))
        return found.pop() if len(found) == 1 else None


def filled(shape: str, numbers: Mapping[str, str]) -> str:
    """A shape with numbers in its marks' places."""
    for mark, number in numbers.items():
        shape = shape.replace(mark, number)
    return shape


def shown_number(number: str) -> str:
    """A number as canonical texts have it."""
    return number.upper().replace("BIS", "Bis").replace("TER", "Ter")


def _marked(text: str, shape: str) -> str:
    for mark, number in STAND_INS[0].items():
        if mark in shape:
            text = text.replace(number, mark)
    return text


def _remembered(known: dict[K, T], text: K, probe: Callable[[K], T]) -> T:
    if text not in known:
        found = probe(text)
        if len(known) >= MOST_REMEMBERED:
            known.clear()
        known[text] = found
    return known[text]
