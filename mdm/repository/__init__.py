"""The repository: what was published, its history, and the one transaction that changes it."""

from mdm.repository import exports, queries
from mdm.repository.publish import publish
from mdm.repository.repository import Repository
from mdm.repository.state import EntityState, NewRuleSet, Publication

__all__ = [
    "EntityState",
    "NewRuleSet",
    "Publication",
    "Repository",
    "exports",
    "publish",
    "queries",
]
