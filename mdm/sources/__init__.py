"""Extracts of any kind in; changed rows, parties and standardised records out."""

from mdm.sources.changes import Changes, changes
from mdm.sources.extract import UNDECODABLE, Extract
from mdm.sources.habits import GATES as HABIT_GATES
from mdm.sources.habits import check_habits
from mdm.sources.keys import Keyed, keyed
from mdm.sources.live import Parties, standardise_rows
from mdm.sources.parties import check_conditions, parties
from mdm.sources.profile import profile
from mdm.sources.readers import read
from mdm.sources.records import FINDINGS, standardise
from mdm.sources.relations import relations
from mdm.standardise import SourceProfile

GATES = ("empty", "unusable", *HABIT_GATES)
"""What holds a source until it is accepted by name."""

__all__ = [
    "FINDINGS",
    "GATES",
    "UNDECODABLE",
    "Changes",
    "Extract",
    "Keyed",
    "Parties",
    "SourceProfile",
    "changes",
    "check_conditions",
    "check_habits",
    "keyed",
    "parties",
    "profile",
    "read",
    "relations",
    "standardise",
    "standardise_rows",
]
