"""tenacity 8.2 → 9.1.2."""

from packaging.specifiers import SpecifierSet

from transforms.model import Upgrade

UPGRADE = Upgrade(
    library="tenacity",
    sources=("tenacity",),
    target="tenacity",
    version="9.1.2",
    bounds=SpecifierSet(">=9.1.2,<10"),
    python=">=3.9",
    imports=("tenacity",),
    risk="medium",
    from_version="8.2",
    notes="The plan renamed `wait_exponential`: no such new name exists; what moved is `.retry.statistics`.",
)
