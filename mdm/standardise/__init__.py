"""Vietnamese knowledge in code: raw text in, canonical values, fields and findings out.

`STANDARDISERS` names every standardiser; the module of each is imported when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

from mdm.standardise.knowledge import Knowledge
from mdm.standardise.profile import SourceProfile
from mdm.standardise.standardiser import Standardiser

__all__ = ["STANDARDISERS", "Knowledge", "SourceProfile", "Standardiser"]

MODULES = {
    "person_name": "person_names",
    "latin_name": "latin",
    "latin_text": "latin",
    "latin_street": "latin_streets",
    "latin_organisation": "latin_organisations",
    "date": "dates",
    "written_date": "written_dates",
    "sex": "sexes",
    "personal_id": "personal_ids",
    "digits": "codes",
    "code": "codes",
    "social_insurance": "insurance",
    "health_card": "insurance",
    "tax_code": "tax_codes",
    "passport": "passports",
    "registration": "registrations",
    "certificate": "certificates",
    "permit": "permits",
    "phone": "phones",
    "email": "emails",
    "text": "words",
    "address": "addresses",
    "organisation_name": "organisations",
    "legal_form": "legal_forms",
}
"""Standardiser → the module that declares it, as `STANDARDISER` or among its `STANDARDISERS`."""


class _Registry(Mapping[str, Standardiser]):
    def __getitem__(self, name: str) -> Standardiser:
        module = import_module(f"{__name__}.{MODULES[name]}")
        declared: tuple[Standardiser, ...] = getattr(module, "STANDARDISERS", None) or (module.STANDARDISER,)
        return next(standardiser for standardiser in declared if standardiser.name == name)

    def __iter__(self) -> Iterator[str]:
        return iter(MODULES)

    def __len__(self) -> int:
        return len(MODULES)


STANDARDISERS: Mapping[str, Standardiser] = _Registry()
"""Every standardiser by the name that rule files use; raises KeyError on another name."""
