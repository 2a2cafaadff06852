"""The identity reconciliation engine: records of one person or business, found, merged and explained."""

__version__ = "0.1.0"
