"""What goes quickly over the column must be what the patient reading gives, value by value."""

from importlib import import_module
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import ANY_TEXT, judged
from polars.testing import assert_frame_equal

from mdm.standardise import STANDARDISERS, Knowledge, SourceProfile

MODULES = {
    "personal_id": ("personal_ids", "personal_ids"),
    "tax_code": ("tax_codes", "tax_codes"),
    "registration": ("registrations", "registrations"),
    "certificate": ("certificates", "certificates"),
    "social_insurance": ("insurance", "insurance"),
    "health_card": ("insurance", "insurance"),
    "passport": ("passports", "passports"),
    "digits": ("codes", "codes"),
    "code": ("codes", "codes"),
    "phone": ("phones", "phones"),
    "date": ("dates", "dates"),
}
"""Standardiser → its module and its judged cases."""

SHAPES = (
    r"0(79|74|01|03|96)[0-4][0-9]{2}[0-9]{6}",
    r"[0-9]{9}",
    r"[0-9]{10}(-[0-9]{3})?",
    r"(0{6}|1{6}|012345678|987654321|123456)",
    r"[A-ZĐ]{1,2} ?[0-9]{5,8}",
    r"(DN|GD|TE)[0-6]79(0{10}|[0-9]{10})",
    r"0(3[2-9]|5[25689]|7[06-9]|8[0-9]|9[0-9])[0-9]{7}",
    r"0[0-9]{2,3}[ .-][0-9]{3,4}[ .-][0-9]{3,4}",
    r"(\+84|84|0084|02|01)[0-9]{8,10}",
    r"[0-3]?[0-9][/.-][01]?[0-9][/.-](19|20|25)?[0-9]{2}",
    r"(19|20|25)[0-9]{2}(-[01][0-9](-[0-3][0-9]([ T]00:00:00)?)?)?",
    r"[A-Za-z0-9/]{1,10}",
)
SHAPED = st.one_of(*(st.from_regex(shape, fullmatch=True) for shape in SHAPES), ANY_TEXT)


@pytest.mark.parametrize("name", MODULES)
def test_the_quick_reading_is_the_patient_one(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module = import_module(f"mdm.standardise.{MODULES[name][0]}")
    known = [case for case in judged(MODULES[name][1]) if case.get("standardiser", name) == name]

    @settings(deadline=None, max_examples=40)
    @given(st.lists(SHAPED, max_size=60), st.sampled_from(known))
    def check(texts: list[str], case: dict[str, Any]) -> None:
        options, profile = case.get("options", {}), SourceProfile(**case.get("profile", {}))
        values = pl.Series([None, *texts, *(case["input"] for case in known)], dtype=pl.String)
        arguments = (values, Knowledge.shipped(), profile, options)
        quick = STANDARDISERS[name].function(*arguments)
        with monkeypatch.context() as patch:
            patch.setattr(module, "by_shape", lambda values, schema, ordinary, patient: patient(values))
            assert_frame_equal(quick, STANDARDISERS[name].function(*arguments))

    check()
