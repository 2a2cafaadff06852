"""What people decide on: why two records are, or are not, the same."""

from mdm.review.explanation import Explanation, explain

__all__ = ["Explanation", "explain"]
