"""The SQL that is suggested for a Flux query: the shapes that translate, and those that must not."""

from __future__ import annotations

import pytest

from transforms.influxdb_client.flux import suggest

HOUR = "time >= now() - INTERVAL '1 hour' AND time < now()"
HEAD = (
    'from(bucket: "b") |> range(start: -1h) |> filter(fn: (r) => r._measurement == "home" and r._field == "temp")'
)
WHERE = f'FROM "home" WHERE {HOUR} AND "temp" IS NOT NULL'


@pytest.mark.parametrize(
    ("flux", "sql"),
    [
        (HEAD, f'SELECT time, "temp" {WHERE}'),
        (HEAD + ' |> yield(name: "x")', f'SELECT time, "temp" {WHERE}'),
        (HEAD + " |> last()", f'SELECT time, "temp" {WHERE} ORDER BY time DESC LIMIT 1'),
        (HEAD + " |> first()", f'SELECT time, "temp" {WHERE} ORDER BY time LIMIT 1'),
        (HEAD + " |> group() |> mean()", f'SELECT avg("temp") AS "temp" {WHERE}'),
        (
            HEAD + ' |> group(columns: ["room"]) |> max()',
            f'SELECT "room", max("temp") AS "temp" {WHERE} GROUP BY "room"',
        ),
        (
            HEAD.replace('r._field == "temp"', '(r._field == "temp" or r._field == "hum")'),
            f'SELECT time, "temp", "hum" FROM "home" WHERE {HOUR} AND ("temp" IS NOT NULL OR "hum" IS NOT NULL)',
        ),
        (
            HEAD + " |> aggregateWindow(every: 5m, fn: mean, createEmpty: false)",
            f'SELECT date_bin(INTERVAL \'5 minutes\', time) AS time, avg("temp") AS "temp" {WHERE} '
            "GROUP BY 1 ORDER BY 1",
        ),
        (
            HEAD + ' |> group() |> sort(columns: ["_time"], desc: true) |> limit(n: 3)',
            f'SELECT time, "temp" {WHERE} ORDER BY time DESC LIMIT 3',
        ),
    ],
)
def test_a_pipeline_of_a_plain_shape_is_one_select(flux: str, sql: str) -> None:
    found = suggest(flux)
    assert found is not None
    assert (found.sql, found.database) == (sql, "b")


@pytest.mark.parametrize(
    ("condition", "sql"),
    [
        ('r.room == "x"', "\"room\" = 'x'"),
        ('r["homeTeam"] != "it\'s"', "\"homeTeam\" != 'it''s'"),
        ("r._value > 3.5", '"temp" > 3.5'),
        ("r.room =~ /^a/", "\"room\" ~ '^a'"),
        ("exists r.room", '"room" IS NOT NULL'),
        ('r.room == "x"\n  or r.room == "y"', "(\"room\" = 'x' OR \"room\" = 'y')"),
    ],
)
def test_conditions_on_tags_and_values_go_to_where(condition: str, sql: str) -> None:
    found = suggest(f"{HEAD} |> filter(fn: (r) => {condition})")
    assert found is not None
    assert f" AND {sql} AND " in found.sql


def test_several_fields_are_columns_of_one_row_and_pivot_is_what_rows_are_anyway() -> None:
    flux = """
        // the last week
        from(bucket: "b")
          |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-08)
          |> filter(fn: (r) => r._measurement == "my-table")
          |> filter(fn: (r) => r._field == "temp" or r._field == "hum")
          |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
    """
    found = suggest(flux)
    assert found is not None
    assert found.sql == (
        'SELECT time, "temp", "hum" FROM "my-table" '
        "WHERE time >= '2024-01-01T00:00:00Z' AND time < '2024-01-08' "
        'AND ("temp" IS NOT NULL OR "hum" IS NOT NULL)'
    )


@pytest.mark.parametrize(
    ("flux", "note"),
    [
        (HEAD + " |> mean()", "for each series"),
        (HEAD + " |> group() |> min()", "the row of the min"),
        (HEAD + " |> limit(n: 1)", "limits each series"),
        (HEAD + " |> aggregateWindow(every: 1h, fn: sum)", "date_bin_gapfill"),
        (HEAD.replace("-1h", "0"), "no lower bound"),
    ],
)
def test_what_differs_is_said(flux: str, note: str) -> None:
    found = suggest(flux)
    assert found is not None
    assert note in " ".join(found.notes)


@pytest.mark.parametrize(
    "flux",
    [
        "",
        "SELECT 1",
        'from(bucket: "b") |> range(start: -1h)',
        'from(bucket: b) |> range(start: -1h) |> filter(fn: (r) => r._measurement == "m")',
        HEAD + " |> derivative()",
        HEAD + " |> limit(n: 3) |> mean()",
        HEAD + " |> mean() |> group()",
        HEAD + " |> filter(fn: (r) => r.a == 1 or r.b == 2 and r.c == 3)",
        HEAD + ' |> filter(fn: (r) => r._field == "hum")',
        HEAD + " |> map(fn: (r) => ({r with _value: r._value * 2.0}))",
        HEAD + " |> aggregateWindow(every: 1h, fn: spread)",
        HEAD.replace("-1h", "v.timeRangeStart"),
        HEAD + ' |> yield(name: "a")\n' + HEAD,
        'import "join"\n' + HEAD,
        HEAD.replace('"home"', '"${name}"'),
        HEAD + " |> mean(",
    ],
)
def test_every_other_shape_is_left_to_a_person(flux: str) -> None:
    assert suggest(flux) is None
