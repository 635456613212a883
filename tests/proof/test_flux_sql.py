"""The SQL that is suggested for Flux, asked by the real client of a Flight endpoint that is a DataFusion engine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.proof.environments import environment, run
from transforms.influxdb_client.flux import suggest
from transforms.registry import environments

pytestmark = pytest.mark.proof

ENGINE = ("datafusion==43.1.0",)

PROGRAM = """
import json
import pathlib
import threading
from datetime import datetime, timedelta, timezone

import datafusion
import pyarrow
import pyarrow.flight
from influxdb_client_3 import InfluxDBClient3

now = datetime.now(timezone.utc)
home = pyarrow.table({
    "time": pyarrow.array([now - timedelta(minutes=m) for m in (90, 30, 20, 10)], pyarrow.timestamp("ns", "UTC")),
    "homeRoom": ["a", "a", "b", "a"],
    "temp": [19.0, 20.0, 30.0, 22.0],
    "hum": [None, 40.0, None, 44.0],
})
engine = datafusion.SessionContext()
for table in ("home", "my-table"):
    engine.register_record_batches(table, [home.to_batches()])


class Engine(pyarrow.flight.FlightServerBase):
    def do_get(self, context, ticket):
        asked = json.loads(ticket.ticket)
        return pyarrow.flight.RecordBatchStream(engine.sql(asked["sql_query"]).to_arrow_table())


server = Engine("grpc://127.0.0.1:0")
threading.Thread(target=server.serve, daemon=True).start()
client = InfluxDBClient3(host=f"http://127.0.0.1:{server.port}", token="t", database="b")
for sql in json.loads(pathlib.Path("asked.json").read_text()):
    rows = client.query(sql).to_pylist()
    print(json.dumps([{k: v for k, v in row.items() if k != "time"} for row in rows]))
"""

HEAD = (
    'from(bucket: "b") |> range(start: -1h) |> filter(fn: (r) => r._measurement == "home" and r._field == "temp")'
)
BOTH = HEAD.replace('r._field == "temp"', '(r._field == "temp" or r._field == "hum")')
EXPECTED = {
    HEAD + ' |> group() |> sort(columns: ["_time"])': [{"temp": 20.0}, {"temp": 30.0}, {"temp": 22.0}],
    HEAD.replace('"home"', '"my-table"') + " |> group() |> count()": [{"temp": 3}],
    HEAD.replace("-1h", "0") + " |> group() |> count()": [{"temp": 4}],
    HEAD + " |> group() |> last()": [{"temp": 22.0}],
    HEAD + " |> group() |> first()": [{"temp": 20.0}],
    HEAD + " |> group() |> mean()": [{"temp": 24.0}],
    HEAD + ' |> group(columns: ["homeRoom"]) |> max()': [
        {"homeRoom": "a", "temp": 22.0},
        {"homeRoom": "b", "temp": 30.0},
    ],
    HEAD + ' |> filter(fn: (r) => r.homeRoom == "a") |> group() |> sum()': [{"temp": 42.0}],
    HEAD + " |> filter(fn: (r) => r.homeRoom =~ /^b/) |> group() |> min()": [{"temp": 30.0}],
    HEAD + ' |> filter(fn: (r) => r["_value"] > 21.0 and exists r.homeRoom) |> group() |> count()': [{"temp": 2}],
    HEAD + ' |> group() |> sort(columns: ["_time"], desc: true) |> limit(n: 2)': [{"temp": 22.0}, {"temp": 30.0}],
    HEAD + " |> group() |> aggregateWindow(every: 1000d, fn: max, createEmpty: false)": [{"temp": 30.0}],
    BOTH + ' |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value") |> limit(n: 9)': [
        {"temp": 20.0, "hum": 40.0},
        {"temp": 22.0, "hum": 44.0},
        {"temp": 30.0, "hum": None},
    ],
}


def test_suggested_sql_gives_the_rows_that_the_flux_asks_for(tmp_path: Path) -> None:
    told = {flux: found.sql for flux in EXPECTED if (found := suggest(flux)) is not None}
    assert told.keys() == EXPECTED.keys()
    (tmp_path / "asked.json").write_text(json.dumps(list(told.values())), encoding="utf-8")
    (tmp_path / "app.py").write_text(PROGRAM, encoding="utf-8")
    python = environment((*environments("influxdb-client").target, *ENGINE))
    said = run(python, tmp_path, ("python", "app.py"))
    assert "exit 0" in said, said
    answers = [json.loads(line) for line in said.splitlines() if line.startswith("[")]
    for (flux, sql), rows in zip(told.items(), answers, strict=True):
        kept = rows if "ORDER BY" in sql else sorted(rows, key=json.dumps)
        assert kept == EXPECTED[flux], f"{flux}\n{sql}\n{rows}"
