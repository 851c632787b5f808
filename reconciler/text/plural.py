"""Counts with their nouns."""


def counted(count: int, noun: str) -> str:
    """Return a count with its noun, in the plural unless it is 1.

    >>> counted(1, "instance"), counted(2, "instance")
    ('1 instance', '2 instances')
    """
    return f"{count} {noun}{'' if count == 1 else 's'}"
