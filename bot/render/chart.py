"""The order as a picture: waves are columns, boxes are services, arrows run from who goes first. Plain SVG.

Nothing is fetched and nothing is drawn by a program of its own, so the same plan is the same bytes everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from bot.planning import Plan
from bot.render.text import one_line
from bot.render.words import counted

_BOX, _HIGH, _ACROSS, _DOWN = 196, 46, 280, 68
_LEFT, _TOP = 36, 96
_FITS = 23
"""Letters of a name that a box has room for."""
_COLOURS = {"low": "#2e7d32", "medium": "#b26a00", "high": "#c62828", "critical": "#6a1b9a"}
_STYLE = (
    "text{font-family:system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;fill:#1b1f24}"
    ".title{font-size:17px;font-weight:600}.wave{font-size:13px;font-weight:600;fill:#57606a}"
    ".name{font-size:13px;font-weight:600}.note{font-size:11px;fill:#57606a}"
    ".edge{fill:none;stroke:#6e7781;stroke-width:1.4}.hint{stroke-dasharray:4 4;stroke:#8c959f}"
    ".knot{stroke:#c62828}"
)


@dataclass(frozen=True, slots=True)
class _Spot:
    """The upper left corner of a box, and its column."""

    x: int
    y: int
    column: int


def chart(plan: Plan) -> str:
    """The whole picture as SVG text."""
    spots = _spots(plan)
    width = _LEFT * 2 + _BOX + _ACROSS * max(len(plan.order.waves) - 1, 1)
    height = max((spot.y for spot in spots.values()), default=_TOP) + _DOWN
    title = f"Order of campaign {one_line(plan.campaign)}"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
            f' viewBox="0 0 {width} {height}" role="img" aria-label={quoteattr(title)}>',
            f"<style>{_STYLE}</style>",
            *_arrowheads(),
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            f'<text class="title" x="{_LEFT}" y="32">{escape(title)}</text>',
            f'<text class="note" x="{_LEFT}" y="50">{_legend(plan)}</text>',
            *_columns(plan),
            *_arrows(plan, spots),
            *(line for name, spot in spots.items() for line in _box(plan, name, spot)),
            "</svg>",
            "",
        ]
    )


def _legend(plan: Plan) -> str:
    parts = ["An arrow runs from the service that goes first"]
    parts += ["red: a knot, merged back to back"] if plan.knots else []
    parts += ["dashed: only a hint"] if any(h.on in plan.risks for h in plan.hints) else []
    return "; ".join(parts)


def _spots(plan: Plan) -> dict[str, _Spot]:
    """Columns by wave; in a column, beside what a box depends on, so that arrows cross little."""
    spots: dict[str, _Spot] = {}
    for column, wave in enumerate(plan.order.waves):
        free = _TOP
        for height, name in sorted((_height(plan, n, spots), n) for n in wave):
            row = max(free, _TOP + round((height - _TOP) / _DOWN) * _DOWN)
            spots[name] = _Spot(_LEFT + column * _ACROSS, row, column)
            free = row + _DOWN
    return spots


def _height(plan: Plan, name: str, spots: Mapping[str, _Spot]) -> float:
    """The mean height of what it, or its knot, depends on; where that is nobody, who has dependents comes first."""
    members = (name, *plan.together(name))
    above = [spots[e.on].y for n in members for e in plan.needs(n) if e.on in spots and e.on not in members]
    return sum(above) / len(above) if above else -plan.order.descendants[name]


def _columns(plan: Plan) -> Iterator[str]:
    for column in range(len(plan.order.waves)):
        yield f'<text class="wave" x="{_LEFT + column * _ACROSS}" y="{_TOP - 14}">Wave {column + 1}</text>'


def _arrowheads() -> Iterator[str]:
    for name, colour in (("tip", "#6e7781"), ("knot-tip", "#c62828")):
        yield (
            f'<marker id="{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7"'
            f' orient="auto">'
            f'<path d="M0 0L8 4L0 8z" fill="{colour}"/></marker>'
        )


def _arrows(plan: Plan, spots: Mapping[str, _Spot]) -> Iterator[str]:
    for hint in plan.hints:
        if hint.on in spots:
            yield _arrow(spots[hint.on], spots[hint.service], "edge hint", "tip", hint.source)
    for edge in plan.edges:
        knot = edge.on in plan.together(edge.service)
        kind, tip = ("edge knot", "knot-tip") if knot else ("edge", "tip")
        yield _arrow(spots[edge.on], spots[edge.service], kind, tip, edge.source)


def _arrow(start: _Spot, end: _Spot, kind: str, tip: str, source: str) -> str:
    low = _HIGH // 2 + (12 if "hint" in kind else 0)  # a hint may run beside an edge, or against it
    x, y, to_x, to_y = start.x + _BOX, start.y + low, end.x, end.y + low
    if start.column == end.column:  # a bow beside the boxes: down on the right, up on the left
        out = 34 if start.y < end.y else -34
        x = to_x = start.x + (_BOX if out > 0 else 0)
        path = f"M{x} {y}C{x + out} {y} {to_x + out} {to_y} {to_x} {to_y}"
    else:
        bend = (_ACROSS - _BOX) // 2
        if end.column < start.column:
            x, to_x, bend = start.x, end.x + _BOX, -bend
        path = f"M{x} {y}C{x + bend} {y} {to_x - bend} {to_y} {to_x} {to_y}"
    return (
        f'<path class="{kind}" marker-end="url(#{tip})" d="{path}"><title>{escape(one_line(source))}</title></path>'
    )


def _box(plan: Plan, name: str, spot: _Spot) -> Iterator[str]:
    risk, shown = plan.risks[name], one_line(name)
    note = "nothing to migrate" if plan.idle(name) else f"{risk.level} risk, {counted(risk.points, 'point')}"
    colour = "#8c959f" if plan.idle(name) else _COLOURS[risk.level]
    yield f"<g><title>{escape(shown)}</title>"
    yield (
        f'<rect x="{spot.x}" y="{spot.y}" width="{_BOX}" height="{_HIGH}" rx="6" fill="#f6f8fa" stroke="#d0d7de"/>'
        f'<rect x="{spot.x}" y="{spot.y}" width="5" height="{_HIGH}" rx="2" fill="{colour}"/>'
    )
    yield f'<text class="name" x="{spot.x + 14}" y="{spot.y + 19}">{escape(_short(shown))}</text>'
    yield f'<text class="note" x="{spot.x + 14}" y="{spot.y + 36}">{note}</text></g>'


def _short(name: str) -> str:
    """What fits into a box: of ``owner/repo:path`` the owner goes first, then the rest of the beginning."""
    name = name if len(name) <= _FITS else name.partition("/")[2] or name
    return name if len(name) <= _FITS else "…" + name[1 - _FITS :]
