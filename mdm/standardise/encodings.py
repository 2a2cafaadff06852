"""Stand-in until the tables are here."""


def undo_mojibake(text: str) -> str:
    """Text that was decoded wrongly, decoded again."""
    return text
