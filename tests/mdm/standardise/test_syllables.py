import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from judged import judged

from mdm.standardise import syllables
from mdm.standardise.syllables import (
    canonical,
    folded,
    is_plain_syllable,
    is_syllable,
    take_tone,
    undo_telex,
    undo_viqr,
    undo_vni,
)

ALL = sorted(
    syllables._place(toneless, tone, new=False)
    for toneless in syllables._GRAMMAR
    for tone in range(6)
    if syllables._takes(toneless, tone)
)
SYLLABLES = st.sampled_from(ALL)
TELEX_TONES = ["", "f", "s", "r", "x", "j"]
TELEX_LETTERS = {"ă": "aw", "â": "aa", "ê": "ee", "ô": "oo", "ơ": "ow", "ư": "uw", "đ": "dd"}


LEGAL = "nguyễn hòa hoà thúy thuý phúc phục gì gìn giếng quý quyền khuỷu nghiêng yến ý mỹ đường"
ILLEGAL = "phuc phùc phủc qúy hòang smith fan kăn cê ngiêng iên nguyễễn jan"


@pytest.mark.parametrize("text", LEGAL.split())
def test_is_a_syllable(text: str) -> None:
    assert is_syllable(text)


@pytest.mark.parametrize("text", ILLEGAL.split())
def test_is_no_syllable(text: str) -> None:
    assert not is_syllable(text)


@pytest.mark.parametrize("case", judged("syllables"), ids=lambda case: f"{case['written']}: {case['why']}")
def test_judged_spelling(case: dict[str, str]) -> None:
    assert canonical(case["written"]) == case["canonical"]
    assert folded(case["written"]) == case.get("key", case["canonical"])


UNDO = {"telex": undo_telex, "vni": undo_vni, "viqr": undo_viqr}


@pytest.mark.parametrize("case", judged("keystrokes"), ids=lambda case: f"{case['typed']}: {case['why']}")
def test_judged_keystrokes(case: dict[str, str]) -> None:
    kept = case["typed"] if case["keys"] == "telex" else None
    assert UNDO[case["keys"]](case["typed"]) == (case["meant"] or kept)


@given(SYLLABLES)
def test_a_legal_syllable_is_left_alone(text: str) -> None:
    assert is_syllable(text)
    assert canonical(text) == text
    assert undo_telex(text) == text


@given(SYLLABLES)
def test_what_telex_types_is_read_back(text: str) -> None:
    parts = take_tone(text)
    assert parts is not None
    assume(all(parts[0].count(vowel) < 2 for vowel in "aeo"))  # a vowel typed again is a circumflex
    typed = "".join(TELEX_LETTERS.get(letter, letter) for letter in parts[0]) + TELEX_TONES[parts[1]]
    assert is_plain_syllable(typed) or undo_telex(typed) == text


@given(st.text(max_size=10))
def test_any_text_goes_through(text: str) -> None:
    assert canonical(canonical(text)) == canonical(text)
    assert folded(folded(text)) == folded(text)
    assert isinstance(undo_telex(text), str)
    undo_vni(text)
    undo_viqr(text)
