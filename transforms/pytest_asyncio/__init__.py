"""pytest-asyncio 0.23 → 1.3.0."""

from packaging.specifiers import SpecifierSet

from transforms.model import Upgrade
from transforms.pytest_world.proving import ENVIRONMENTS

__all__ = ["ENVIRONMENTS", "UPGRADE"]

UPGRADE = Upgrade(
    library="pytest-asyncio",
    sources=("pytest-asyncio",),
    target="pytest-asyncio",
    version="1.3.0",
    bounds=SpecifierSet(">=1.3.0,<2"),
    python=">=3.10",
    imports=("pytest_asyncio",),
    risk="high",
    from_version="0.23",
    coupled=("pytest",),
    tool=True,
    notes="The plan said `asyncio_mode = auto` became the default: it did not, strict is; the key stays.",
)
