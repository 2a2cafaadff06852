"""A workspace: `mdm.yaml`, the rules it names, and the versions of rule sets."""

from mdm.workspace.rule_set import RuleSet, load_rules
from mdm.workspace.rules import AttributeRule, EntityRules, Gates, Rules, Thresholds
from mdm.workspace.settings import PartySpec, SourceSpec, Workspace

__all__ = [
    "AttributeRule",
    "EntityRules",
    "Gates",
    "PartySpec",
    "RuleSet",
    "Rules",
    "SourceSpec",
    "Thresholds",
    "Workspace",
    "load_rules",
]
