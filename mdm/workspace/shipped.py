"""Where the rules that come with the package are: `mdm/rules` in an installed wheel, else `rules/` in a checkout."""

from __future__ import annotations

from pathlib import Path

NOT_RULE_SETS = ("sources", "units", "words")


def root() -> Path:
    """The folder of all shipped rules."""
    package = Path(__file__).parents[1]
    installed = package / "rules"
    return installed if installed.is_dir() else package.parent / "rules"


def rule_sets() -> list[str]:
    """The names of the shipped rule sets, sorted."""
    folders = (path for path in root().iterdir() if path.is_dir() and path.name not in NOT_RULE_SETS)
    return sorted(path.name for path in folders if any(path.glob("*.yaml")))
