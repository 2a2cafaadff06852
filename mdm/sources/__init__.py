"""Extracts of any kind in; changed rows, parties and standardised records out."""

from mdm.sources.changes import Changes, changes
from mdm.sources.extract import Extract
from mdm.sources.keys import Keyed, keyed
from mdm.sources.parties import parties
from mdm.sources.readers import read
from mdm.sources.records import standardise

__all__ = ["Changes", "Extract", "Keyed", "changes", "keyed", "parties", "read", "standardise"]
