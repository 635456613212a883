"""The free gates: every example of every rule, in every guise in which a file may come."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import import_module

import pytest

from transforms import engine
from transforms.model import Finding, Level, Proof, Verdict
from transforms.registry import exports, rule_files, rules, upgrades
from transforms.rule import Example, Rule
from transforms.tree import Tree


@dataclass(frozen=True)
class Case:
    """An example and the rule it belongs to."""

    rule: Rule
    example: Example

    def files(self) -> dict[str, str]:
        return {self.example.path: self.example.before, **self.example.others}

    def expected(self) -> dict[str, str]:
        after = self.example.before if self.example.after is None else self.example.after
        return {self.example.path: after, **self.example.others, **self.example.others_after}


CASES = [
    pytest.param(Case(rule, example), id=f"{rule.id}: {example.title}")
    for rule in rules()
    for example in rule.examples
]
every_example = pytest.mark.parametrize("case", CASES)


def run(files: dict[str, bytes], *chosen: Rule) -> tuple[dict[str, bytes], tuple[Finding, ...]]:
    """The tree as the rules leave it, and what they found."""
    tree = Tree(files, exports=exports())
    result = engine.run(tree, chosen)
    assert not tree.problems
    return {**files, **result.edits}, result.findings


def encoded(files: dict[str, str], encoding: str = "utf-8") -> dict[str, bytes]:
    return {path: text.encode(encoding) for path, text in files.items()}


# ── what an example promises ─────────────────────────────────────────────────────────────────────────────────


@every_example
def test_before_becomes_after_exactly(case: Case) -> None:
    migrated, _ = run(encoded(case.files()), case.rule)
    assert {p: c.decode() for p, c in migrated.items()} == case.expected()


@every_example
def test_a_second_run_changes_nothing(case: Case) -> None:
    expected = encoded(case.expected())
    migrated, findings = run(expected, case.rule)
    assert migrated == expected
    assert not [f for f in findings if f.verdict is Verdict.REWRITTEN]


@every_example
def test_all_rules_of_the_library_reach_a_fixed_point(case: Case) -> None:
    together = rules(case.rule.library)
    migrated, _ = run(encoded(case.files()), *together)
    again, _ = run(migrated, *together)
    assert again == migrated


@every_example
def test_flags_stand_at_the_stated_lines_and_nowhere_else(case: Case) -> None:
    _, findings = run(encoded(case.files()), case.rule)
    flagged = {(f.file, f.line, f.level) for f in findings if f.verdict is Verdict.FLAGGED}
    stated = {flag if len(flag) == 3 else (case.example.path, *flag) for flag in case.example.flags}
    assert flagged == stated


@every_example
def test_notes_stand_at_the_rewritten_sites_that_state_one(case: Case) -> None:
    _, findings = run(encoded(case.files()), case.rule)
    noted = {f.line for f in findings if f.verdict is Verdict.REWRITTEN and f.level is not None}
    assert noted == set(case.example.notes)


@every_example
def test_every_edited_file_has_a_rewritten_finding(case: Case) -> None:
    before = encoded(case.files())
    migrated, findings = run(before, case.rule)
    changed = {path for path in migrated if migrated[path] != before.get(path)}
    assert changed <= {f.file for f in findings if f.verdict is Verdict.REWRITTEN}


@every_example
def test_the_result_compiles(case: Case) -> None:
    migrated, _ = run(encoded(case.files()), case.rule)
    for path in (p for p in migrated if p.endswith(".py")):
        compile(migrated[path], path, "exec", dont_inherit=True)


# ── how files may come ───────────────────────────────────────────────────────────────────────────────────────


@every_example
def test_windows_line_endings_survive(case: Case) -> None:
    told = {p: t.replace("\n", "\r\n") for p, t in case.files().items()}
    migrated, _ = run(encoded(told), case.rule)
    assert migrated == encoded({p: t.replace("\n", "\r\n") for p, t in case.expected().items()})


@every_example
def test_a_missing_final_newline_stays_missing(case: Case) -> None:
    migrated, _ = run(encoded({p: t.removesuffix("\n") for p, t in case.files().items()}), case.rule)
    assert migrated == encoded({p: t.removesuffix("\n") for p, t in case.expected().items()})


@every_example
def test_tabs_survive(case: Case) -> None:
    migrated, _ = run(encoded({p: tabbed(p, t) for p, t in case.files().items()}), case.rule)
    assert migrated == encoded({p: tabbed(p, t) for p, t in case.expected().items()})


def tabbed(path: str, text: str) -> str:
    if not path.endswith(".py"):
        return text
    return re.sub(r"^(?: {4})+", lambda m: "\t" * (len(m[0]) // 4), text, flags=re.MULTILINE)


@every_example
def test_a_declared_encoding_survives(case: Case) -> None:
    told, expected = dict(case.files()), dict(case.expected())
    top = "# -*- coding: latin-1 -*-\n# Grüße\n"
    told[case.example.path] = top + told[case.example.path]
    expected[case.example.path] = top + expected[case.example.path]
    if not all(text.isascii() for text in (case.example.before, case.example.after or "")):
        pytest.skip("the example itself is not latin-1")
    migrated, _ = run(
        {p: t.encode("latin-1" if p == case.example.path else "utf-8") for p, t in told.items()}, case.rule
    )
    assert migrated[case.example.path] == expected[case.example.path].encode("latin-1")


@every_example
def test_a_byte_order_mark_survives(case: Case) -> None:
    bom = {p: "\ufeff" + t if p.endswith(".py") else t for p, t in case.files().items()}
    migrated, _ = run(encoded(bom), case.rule)
    assert migrated == encoded({p: "\ufeff" + t if p.endswith(".py") else t for p, t in case.expected().items()})


# ── what a rule promises ─────────────────────────────────────────────────────────────────────────────────────

every_rule = pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)


def test_ids_are_unique_and_files_are_named_after_them() -> None:
    names = [name for u in upgrades() for name in rule_files(u.library)]
    ids = [import_module(name).RULE.id for name in names]
    assert len(set(ids)) == len(ids)
    for name, id in zip(names, ids, strict=True):
        assert name.rpartition(".")[2].startswith(f"{id.lower()}_")


def test_a_rule_belongs_to_the_library_whose_folder_it_stands_in() -> None:
    for u in upgrades():
        assert {rule.library for rule in rules(u.library)} <= {u.library}


@every_rule
def test_only_what_was_run_may_rewrite(rule: Rule) -> None:
    assert rule.proof is Proof.RAN or not rule.rewrites


@every_rule
def test_a_rule_shows_what_it_does_and_what_it_leaves_alone(rule: Rule) -> None:
    does = [e for e in rule.examples if e.after is not None or e.others_after or e.flags]
    leaves = [e for e in rule.examples if e.after is None and not e.others_after and not e.flags]
    assert does
    assert leaves


@every_rule
def test_a_rewriting_rule_is_proven_against_the_real_library(rule: Rule) -> None:
    proven = [e for e in rule.examples if e.probe is not None]
    assert proven or rule.proof is not Proof.RAN
    assert not rule.rewrites or any(e.probe.works for e in proven if e.probe is not None)


@every_rule
def test_a_rule_says_what_changed_and_where_that_is_written(rule: Rule) -> None:
    assert rule.title
    assert rule.was
    assert rule.now
    assert rule.link.startswith("https://")
    assert rule.apply is None or rule.needles
    assert rule.level is None or rule.level in Level


@every_rule
def test_the_module_says_the_same_in_a_sentence_and_a_link(rule: Rule) -> None:
    files = {import_module(n).RULE.id: import_module(n) for n in rule_files(rule.library)}
    assert rule.link in (files[rule.id].__doc__ or "")
