"""A Flux query of a plain shape as the SQL that asks InfluxDB 3 the same. Pure; None for every other shape.

Translated are pipelines of ``from``, ``range``, ``filter``, one aggregate or selector, ``group``, ``sort``,
``limit``, ``pivot`` and ``yield``. What Flux does per series needs the tags: a note says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from transforms.influxdb_client.flux_text import (
    Other,
    arguments,
    interval,
    is_duration,
    one_line,
    split,
    steps,
    text_of,
    without_brackets,
)

_COLUMN = r"""r(?:\.(?P<dot>\w+)|\["(?P<key>[^"]+)"\])"""
_PAIR = re.compile(rf"^{_COLUMN}\s*(?P<op>==|!=|<=|>=|<|>|=~|!~)\s*(?P<value>.+)$")
_EXISTS = re.compile(rf"^exists {_COLUMN}$")
_TIME = re.compile(r"^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$")
_NUMBER = re.compile(r"^-?\d+(\.\d+)?$")
_AGGREGATES = {"mean": "avg", "sum": "sum", "min": "min", "max": "max", "count": "count", "median": "median"}
_STAGES = {
    "from": 0,
    "range": 1,
    "filter": 2,
    "group": 3,
    "first": 4,
    "last": 4,
    "aggregateWindow": 4,
    **dict.fromkeys(_AGGREGATES, 4),
    "pivot": 5,
    "schema.fieldsAsCols": 5,
    "v1.fieldsAsCols": 5,
    "sort": 6,
    "limit": 7,
    "yield": 8,
}
"""The order in which a pipeline means what one SELECT means."""
_PIVOTS = frozenset({"pivot", "schema.fieldsAsCols", "v1.fieldsAsCols"})


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The SQL, the database it is asked in, and what a person has to know about it."""

    sql: str
    database: str
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Query:
    database: str = ""
    measurement: str = ""
    fields: list[str] = field(default_factory=list)
    where: list[str] = field(default_factory=list)
    aggregate: str = ""
    window: str = ""
    groups: list[str] | None = None
    order: str = ""
    limit: str = ""
    selector: str = ""
    notes: list[str] = field(default_factory=list)


def suggest(flux: str) -> Suggestion | None:
    """The SQL for a complete Flux text, or None."""
    query = _Query()
    try:
        stage = 0
        for name, told in steps(flux):
            if (now := _STAGES.get(name, -1)) < stage:
                raise Other
            stage = now
            _take(query, name, told)
        return Suggestion(_sql(query), query.database, tuple(dict.fromkeys(query.notes)))
    except Other:
        return None


# ── understanding ────────────────────────────────────────────────────────────────────────────────────────────


def _take(query: _Query, name: str, text: str) -> None:
    known = {"from": _from, "range": _range, "filter": _filter, "group": _group, "sort": _sort, "limit": _limit}
    told = arguments(text) if name != "filter" else {"fn": _after_fn(text)}
    if name in known:
        known[name](query, told)
    elif name in _AGGREGATES or name in {"first", "last"}:
        _aggregate(query, name, told)
    elif name == "aggregateWindow":
        _window(query, told)
    elif name not in _PIVOTS and name != "yield":
        raise Other


def _from(query: _Query, told: dict[str, str]) -> None:
    if told.keys() != {"bucket"}:
        raise Other
    query.database = text_of(told["bucket"])


def _range(query: _Query, told: dict[str, str]) -> None:
    if not told.keys() <= {"start", "stop"} or "start" not in told or query.where:
        raise Other
    if told["start"] == "0":
        query.notes.append("no lower bound: the whole table is read")
    else:
        query.where.append(f"time >= {_moment(told['start'])}")
    query.where.append(f"time < {_moment(told.get('stop', 'now()'))}")


def _moment(value: str) -> str:
    if value == "now()":
        return "now()"
    if _TIME.match(value):
        return f"'{value}'"
    if value.startswith("-") and is_duration(value):
        return f"now() - {interval(value)}"
    raise Other


def _after_fn(text: str) -> str:
    found = re.match(r"^fn\s*:\s*\(\s*r\s*\)\s*=>\s*(.+)$", text, re.DOTALL)
    if found is None:
        raise Other
    return one_line(found[1])


def _filter(query: _Query, told: dict[str, str]) -> None:
    text = without_brackets(told["fn"])
    choices, parts = split(text, " or "), split(text, " and ")
    if len(choices) > 1 and len(parts) > 1:
        raise Other
    for part in parts:
        _condition(query, without_brackets(part))


def _condition(query: _Query, text: str) -> None:
    choices = [_pair(without_brackets(part)) for part in split(text, " or ")]
    columns = {column for column, _, _ in choices}
    if columns == {"_field"} and all(op == "==" for _, op, _ in choices) and not query.fields:
        query.fields += [text_of(value) for _, _, value in choices]
    elif columns == {"_measurement"} and len(choices) == 1 and choices[0][1] == "==" and not query.measurement:
        query.measurement = text_of(choices[0][2])
    elif columns & {"_field", "_measurement"}:
        raise Other
    else:
        told = [_compared(query, *choice) for choice in choices]
        query.where.append(told[0] if len(told) == 1 else f"({' OR '.join(told)})")


def _pair(text: str) -> tuple[str, str, str]:
    if found := _EXISTS.match(text):
        return found["dot"] or found["key"], "exists", ""
    match = _PAIR.match(text)
    if match is None:
        raise Other
    return match["dot"] or match["key"], match["op"], match["value"].strip()


def _compared(query: _Query, column: str, op: str, value: str) -> str:
    name = _value_column(query) if column == "_value" else quoted(column)
    if column in {"_time", "_start", "_stop"}:
        raise Other
    if op == "exists":
        return f"{name} IS NOT NULL"
    if op in {"=~", "!~"}:
        pattern = re.match(r"^/([\w^$.\- ]+)/$", value)
        if pattern is None:
            raise Other
        return f"{name} {'~' if op == '=~' else '!~'} '{pattern[1]}'"
    return f"{name} {'=' if op == '==' else op} {_literal(value)}"


def _literal(value: str) -> str:
    if _NUMBER.match(value) or value in {"true", "false"}:
        return value
    return "'" + text_of(value).replace("'", "''") + "'"


def _value_column(query: _Query) -> str:
    if len(query.fields) == 1:
        return quoted(query.fields[0])
    raise Other


def _group(query: _Query, told: dict[str, str]) -> None:
    if told.keys() - {"columns", "mode"} or told.get("mode", '"by"') != '"by"':
        raise Other
    inside = told.get("columns", "[]")
    if not re.match(r"^\[.*\]$", inside, re.DOTALL):
        raise Other
    query.groups = [text_of(part) for part in split(inside[1:-1], ",") if part]


def _aggregate(query: _Query, name: str, told: dict[str, str]) -> None:
    if told or query.aggregate or query.window or query.selector:
        raise Other
    if name in {"first", "last"}:
        query.selector = name
    else:
        query.aggregate = name


def _window(query: _Query, told: dict[str, str]) -> None:
    if told.keys() - {"every", "fn", "createEmpty"} or query.aggregate or query.window or query.selector:
        raise Other
    if told.get("fn") not in _AGGREGATES:
        raise Other
    query.window, query.aggregate = interval(told.get("every", "")), told["fn"]
    query.notes.append("Flux labels a window with its end, this with its start")
    if told.get("createEmpty", "true") != "false":
        query.notes.append("empty windows are left out: use date_bin_gapfill where they are needed")


def _sort(query: _Query, told: dict[str, str]) -> None:
    if told.get("columns", '["_value"]').replace(" ", "") != '["_time"]' or told.keys() - {"columns", "desc"}:
        raise Other
    query.order = "time DESC" if told.get("desc") == "true" else "time"


def _limit(query: _Query, told: dict[str, str]) -> None:
    if told.keys() != {"n"} or not told["n"].isdigit():
        raise Other
    query.limit = told["n"]
    if query.groups is None:
        query.notes.append("Flux limits each series, this the whole")


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────


def quoted(name: str) -> str:
    """A column or table as SQL names it, whatever its letters."""
    return '"' + name.replace('"', '""') + '"'


def _sql(query: _Query) -> str:
    if not query.measurement or (query.groups and not (query.aggregate or query.selector)):
        raise Other
    if (query.aggregate or query.selector) and len(query.fields) != 1:
        raise Other
    _note_series(query)
    where = [*query.where, *_there(query.fields)]
    parts = ["SELECT", _columns(query), "FROM", quoted(query.measurement)]
    parts += ["WHERE", " AND ".join(where)] if where else []
    return " ".join((*parts, *_tail(query)))


def _there(fields: list[str]) -> list[str]:
    """Flux has a record for each field that is there: a row counts where one of them is."""
    told = " OR ".join(f"{quoted(name)} IS NOT NULL" for name in fields)
    return [f"({told})" if len(fields) > 1 else told] if told else []


def _note_series(query: _Query) -> None:
    if (query.aggregate or query.selector) and query.groups is None:
        query.notes.append("Flux does this for each series: group by all tags where there are several")
    if query.selector and query.groups:
        raise Other
    if query.aggregate in {"min", "max"} and not query.window:
        query.notes.append(f"Flux gives the row of the {query.aggregate}, this its value")
    if query.order and query.groups is None:
        query.notes.append("Flux sorts inside each series, this the whole")


def _columns(query: _Query) -> str:
    groups = [quoted(g) for g in query.groups or []]
    if query.aggregate:
        column = quoted(query.fields[0])
        binned = [f"date_bin({query.window}, time) AS time"] if query.window else []
        return ", ".join((*binned, *groups, f"{_AGGREGATES[query.aggregate]}({column}) AS {column}"))
    if query.selector or not query.fields:
        return "*" if not query.fields else f"time, {quoted(query.fields[0])}"
    query.notes.append("add the tags that are read to the columns")
    return ", ".join(("time", *map(quoted, query.fields)))


def _tail(query: _Query) -> list[str]:
    if query.selector:
        return [f"ORDER BY time{' DESC' if query.selector == 'last' else ''} LIMIT 1"]
    groups = [*(["1"] if query.window else []), *(quoted(g) for g in query.groups or [])]
    tail = [f"GROUP BY {', '.join(groups)}"] if query.aggregate and groups else []
    order = query.order or ("1" if query.window else "")
    tail += [f"ORDER BY {order}"] if order else []
    return [*tail, f"LIMIT {query.limit}"] if query.limit else tail
