"""Adds figures up."""

from collections import Counter


def summary(figures):
    """Sums by name, the largest first; equal ones by name."""
    total = sum((Counter(part) for part in figures), Counter())
    return sorted(total.items(), key=lambda item: (-item[1], item[0]))
