"""python-dotenv 1.0 → 1.2.1."""

from packaging.specifiers import SpecifierSet

from transforms.model import Upgrade

UPGRADE = Upgrade(
    library="python-dotenv",
    sources=("python-dotenv",),
    target="python-dotenv",
    version="1.2.1",
    bounds=SpecifierSet(">=1.2.1,<2"),
    python=">=3.9",
    imports=("dotenv",),
    risk="low",
    from_version="1.0",
    notes="The plan called it a patch: so it is, but under coverage `.env` is searched from elsewhere.",
)
