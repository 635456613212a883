"""A rule: one breaking change and what to do about it. This text is also how to add one.

**Add a rule in one file.** Create ``transforms/<library>/<id>_<slug>.py``, the id in lower case
(``transforms/tenacity/ten001_statistics.py`` for ``TEN001``). The registry finds it by its folder; nothing
else has to be touched. The file holds

1. a module docstring: one sentence that says what changed, and the link to the release notes;
2. a function that looks for sites. There are two kinds, and a rule may have both:

   * ``apply(page)`` is called for each Python file that contains one of the rule's ``needles`` (bytes or a
     pattern that every site must contain; they decide whether a file is parsed at all, which is what costs
     most). A ``Page`` is a parsed file:
     ``page.all(cst.Call)`` gives its nodes in order, ``page.resolve(node)`` the dotted name that a node stands
     for, however it was imported, ``page.parent(node)`` what is around it, ``page.tree`` the whole service;
   * ``survey(tree)`` is called once and sees the whole tree: ``tree.files``, ``tree.page(path)``,
     ``tree.once(make)`` for anything costly that several rules share.

   Both *yield* verdicts and change nothing themselves: ``Rewrite`` (nodes of a Python file), ``TextRewrite``
   (any other file) or ``Flag`` (a person must look), from ``transforms.rewrites``. A site that is fine yields
   nothing. A rule that is not sure flags; a rule that cannot even say what is wrong stays silent, since a
   false flag costs a reviewer's trust. All rules see the tree as it was: verdicts of several rules on one node
   are combined, never lost;
3. ``RULE = Rule(...)`` with the change in the words of the facts (``was`` on the old version, ``now`` on the
   target) and its examples.

**The examples are the documentation, the tests and the entry in the guide at once.** Each runs through free gates
(``tests/transforms/test_gates.py``): before → after exactly; after → after; ``after=None`` stays
byte-identical; the result compiles; CRLF, no final newline, tabs, encodings and a BOM survive; flags stand at
the stated lines and nowhere else. Write one example for every shape that is rewritten or flagged, and one for
every look-alike that must be left alone.

**Every rewriting rule is proven against the real libraries** (``make prove``): give at least one example a
``Probe``. It runs *before* on the old version and expects ``old`` in the output, runs *before* on the target
and expects ``broken`` (which is also the proof that leaving the rewrite out fails), and runs *after* on the
target and on the newest release inside the upgrade's bounds and expects ``works``. A flagging rule's probe has
no *after*: old and broken are enough. The library's folder says in ``transforms/<library>/__init__.py`` what
is installed (``ENVIRONMENTS``) and, for libraries that people import with a star, what that brings
(``EXPORTS``). A rule whose claim was not run carries ``Proof.READ`` or ``Proof.DOCUMENTED`` and may only flag.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from transforms.model import Level, Proof
from transforms.rewrites import Flag, Rewrite, TextRewrite

if TYPE_CHECKING:
    from transforms.page import Page
    from transforms.tree import Tree

Verdicts = Iterable[Rewrite | TextRewrite | Flag]
"""What a rule's functions yield."""

Line = tuple[int, Level]
"""Where a flag stands in the example's own file, and how loud it is."""

Place = tuple[str, int, Level]
"""Where a flag stands in one of the example's other files."""


@dataclass(frozen=True, slots=True)
class Environments:
    """What ``make prove`` installs for a library, exact pins only: the newest is the newest inside the bounds."""

    old: tuple[str, ...]
    target: tuple[str, ...]
    newest: tuple[str, ...]
    subject: str = ""
    """What the probes are about, as a heading says it: ``retry behaviour``."""
    method: str = ""
    """How they find out, in a sentence."""
    broker: bool = False
    """Whether the probes talk to an MQTT broker: its port is then in ``MQTT_PORT``, and in ``MQTT_CLOSED_PORT``
    that of a listener which lets nobody in.
    """


@dataclass(frozen=True, slots=True)
class Probe:
    """How an example is run against the real libraries. All texts are looked for in output + ``exit <code>``.

    The example's files are written to an empty folder; ``script`` is appended to the example's own file, and
    ``command`` runs there (``python`` is the environment's). For a small test suite: ``command=("python",
    "-m", "pytest", "-q")``.
    """

    old: str
    """Printed by *before* on the old version."""
    broken: str
    """Printed by *before* on the target: the way in which it fails or changes."""
    works: str = ""
    """Printed by *after* on target and newest, and not by *before* on the target. Empty for a flag."""
    script: str = ""
    command: tuple[str, ...] = ("python", "app.py")
    requires: tuple[str, ...] = ()
    """Further exact pins that the example needs, whatever the version of the library."""


@dataclass(frozen=True, slots=True)
class Example:
    """One titled situation. ``after=None`` says that the rule leaves every file as it is, byte for byte."""

    title: str
    before: str
    after: str | None = None
    path: str = "app.py"
    others: Mapping[str, str] = field(default_factory=dict)
    """Further files of the tree."""
    others_after: Mapping[str, str] = field(default_factory=dict)
    """Those of them that change, and what they become."""
    flags: tuple[Line | Place, ...] = ()
    notes: tuple[int, ...] = ()
    """Lines of rewritten sites that carry a note (their finding has a level)."""
    probe: Probe | None = None

    @property
    def acts(self) -> bool:
        """Whether something is edited or flagged."""
        return self.after is not None or bool(self.others_after) or bool(self.flags)

    @property
    def flagged(self) -> tuple[Place, ...]:
        """Every flag with its file."""
        return tuple(flag if len(flag) == 3 else (self.path, *flag) for flag in self.flags)

    @property
    def concerned(self) -> tuple[tuple[str, str, str | None], ...]:
        """Path, text before and text after of the files that change or carry a flag; where none does, its own."""
        own = {self.path: self.after} if self.after is not None else {}
        after = {**own, **self.others_after}
        paths = dict.fromkeys((*after, *(place[0] for place in self.flagged))) or {self.path: None}
        before = {self.path: self.before, **self.others}
        ordered = [p for p in before if p in paths] + sorted(paths.keys() - before.keys())
        return tuple((p, before.get(p, ""), after.get(p)) for p in ordered)


@dataclass(frozen=True, slots=True)
class Rule:
    """One breaking change. ``level`` is how loud its flags are when a person must look; None: it always
    rewrites.
    """

    id: str
    title: str
    library: str
    link: str
    was: str
    """What the old version did, as a guide's reader needs it."""
    now: str
    """What the target does, quoted from a real run where there was one."""
    proof: Proof
    needles: tuple[bytes | re.Pattern[bytes], ...] = ()
    """A Python file that contains none of these is not parsed for this rule. The rarer they are, the faster."""
    level: Level | None = None
    apply: Callable[[Page], Verdicts] | None = None
    survey: Callable[[Tree], Verdicts] | None = None
    examples: tuple[Example, ...] = ()
    plan: str = ""
    """What the plan said, where the facts refute it: one line for the guide."""

    def may_concern(self, content: bytes) -> bool:
        """Whether a Python file can hold a site at all, as far as its bytes tell."""
        return any(n in content if isinstance(n, bytes) else n.search(content) for n in self.needles)

    @property
    def rewrites(self) -> bool:
        """Whether any example shows an edit."""
        return any(e.after is not None or e.others_after for e in self.examples)
