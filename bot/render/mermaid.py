"""The order as Mermaid text, which forges draw by themselves. Names become labels that cannot end the drawing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.planning import Plan
from bot.render.text import Md, clip, one_line

_UNSURE = re.compile(r"[^\w ./:-]", re.ASCII)


def mermaid(plan: Plan) -> Md:
    """A fenced flowchart: a box for each wave, arrows from who goes first, dotted ones for hints."""
    return Md("\n".join(["```mermaid", "flowchart LR", *_lines(plan), "```"]))


def _lines(plan: Plan) -> Iterator[str]:
    ids = {s.name: f"s{number}" for number, s in enumerate(plan.services)}
    for number, wave in enumerate(plan.order.waves, 1):
        yield f'  subgraph w{number}["Wave {number}"]'
        for name in wave:
            yield f'    {ids[name]}["{label(name)}<br/>{plan.risks[name].level} risk"]'
        yield "  end"
    for edge in plan.edges:
        yield f"  {ids[edge.on]} --> {ids[edge.service]}"
    for hint in plan.hints:
        if hint.on in ids:
            yield f"  {ids[hint.on]} -.-> {ids[hint.service]}"


def label(text: str) -> str:
    """Somebody's name inside quotes: whatever is not plain stands there as a character code."""
    return _UNSURE.sub(lambda m: f"#{ord(m[0])};", clip(one_line(text), 60))
