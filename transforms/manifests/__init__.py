"""Requirements wherever Python projects write them: found, judged, raised in place. Pure, byte-preserving."""

from transforms.manifests.hashes import published
from transforms.manifests.hooks import is_hooks
from transforms.manifests.lines import constraint_lines, requirement_lines
from transforms.manifests.locks import is_lock, is_refreshed
from transforms.manifests.pins import COMPILED, find_pins
from transforms.manifests.python_floor import python_floor, python_reach
from transforms.manifests.raising import RULES, lock_findings, milder, raise_pins

__all__ = [
    "COMPILED",
    "RULES",
    "constraint_lines",
    "find_pins",
    "is_hooks",
    "is_lock",
    "is_refreshed",
    "lock_findings",
    "milder",
    "published",
    "python_floor",
    "python_reach",
    "raise_pins",
    "requirement_lines",
]
