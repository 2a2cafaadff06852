"""Golden values: which of a cluster's values is held true, and why."""

from mdm.golden.survivorship import GOLDEN_VALUES, VALUES, survive

__all__ = ["GOLDEN_VALUES", "VALUES", "survive"]
