"""The report of a run: one self-contained page with charts, without personal values."""

from mdm.report.page import Report, render

__all__ = ["Report", "render"]
