"""Extracts of any kind in; changed rows, parties and standardised records out."""

from mdm.sources.changes import Changes, changes
from mdm.sources.extract import Extract
from mdm.sources.keys import Keyed, keyed
from mdm.sources.live import Parties, standardise_rows
from mdm.sources.parties import check_conditions, parties
from mdm.sources.profile import profile
from mdm.sources.readers import read
from mdm.sources.records import FINDINGS, standardise
from mdm.sources.relations import relations
from mdm.standardise import SourceProfile

__all__ = [
    "FINDINGS",
    "Changes",
    "Extract",
    "Keyed",
    "Parties",
    "SourceProfile",
    "changes",
    "check_conditions",
    "keyed",
    "parties",
    "profile",
    "read",
    "relations",
    "standardise",
    "standardise_rows",
]
