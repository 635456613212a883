"""python-dotenv 1.0 → 1.2.1."""

from packaging.specifiers import SpecifierSet

from transforms.model import Upgrade
from transforms.rule import Environments

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

ENVIRONMENTS = Environments(
    old=("python-dotenv==1.0.1",),
    target=("python-dotenv==1.2.1",),
    newest=("python-dotenv==1.2.4",),
)

EXPORTS = {
    "dotenv": frozenset(
        {"dotenv_values", "find_dotenv", "get_cli_string", "get_key", "load_dotenv", "set_key", "unset_key"}
    )
}
"""``dotenv.__all__``, the same in both versions."""
