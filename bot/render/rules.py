"""What a rule is called. Looked up when a text needs it; a finding of a rule nobody knows is still shown."""

from __future__ import annotations

from dataclasses import dataclass

from bot.render.text import Md, code, link
from transforms import registry
from transforms.manifests.raising import RULES as PINS


@dataclass(frozen=True, slots=True)
class RuleWords:
    """A rule's id, what changed in the library in one line, where that is written, and how it was proven."""

    id: str
    title: str = ""
    link: str = ""
    proof: str = ""

    @property
    def shown(self) -> Md:
        """The id as a link to the release note."""
        return link(code(self.id), self.link)


def rule_words(rule: str) -> RuleWords:
    """The words of a rule, or just its id."""
    found = {r.id: r for r in registry.rules()}.get(rule)
    if found is None:
        return RuleWords(rule, PINS.get(rule, ""))
    return RuleWords(rule, found.title, found.link, str(found.proof))
