"""An upgrade of an InfluxDB client: what is to be backed up, and a policy that waits until somebody did."""

from pathlib import Path

from voyage import HUB, Voyage, service

WRITES = """\
from influxdb_client import InfluxDBClient, Point
from influxdb_client.client.write_api import SYNCHRONOUS

client = InfluxDBClient(url="http://influx:8086", token="t", org="o")
client.write_api(write_options=SYNCHRONOUS).write(bucket="home", record=Point("home").field("temp", 21.5))
"""
INFLUX = {HUB: service(pin="influxdb-client==1.44.0", code=WRITES)}


def test_by_default_the_backup_is_a_box_to_tick_and_nothing_waits_for_it(tmp_path: Path) -> None:
    voyage = Voyage(tmp_path, INFLUX, library="influxdb-client")
    voyage.sail()
    assert voyage.merged() == ["hub"]
    (pull,) = voyage.pulls(HUB)
    assert "- [ ] **Backup.** Back up the InfluxDB buckets that it writes to.\n" in pull.body
    assert "InfluxDBClient3(host=" in voyage.file(HUB, "app.py")


def test_where_the_policy_demands_it_a_green_and_approved_pull_request_waits_for_the_label(tmp_path: Path) -> None:
    voyage = Voyage(tmp_path, INFLUX, library="influxdb-client", influx_backup_ack=True)
    voyage.sail()
    assert voyage.phases() == {"hub": "AwaitingReview"}
    assert "convoy:backup-done" in voyage.reason("hub")
    assert "then put the label `convoy:backup-done` on this pull request" in voyage.pull("hub").body
    voyage.anna.label(voyage.pull("hub"), "convoy:backup-done")
    voyage.sail()
    assert voyage.merged() == ["hub"]


def test_the_label_is_no_approval(tmp_path: Path) -> None:
    voyage = Voyage(tmp_path, INFLUX, library="influxdb-client", influx_backup_ack=True)
    voyage.sail(6, approving=False)
    voyage.anna.label(voyage.pull("hub"), "convoy:backup-done")
    voyage.sail(3, approving=False)
    assert voyage.phases() == {"hub": "AwaitingReview"}
    assert "0 of 1 approval" in voyage.reason("hub")


def test_an_upgrade_that_touches_no_data_waits_for_no_backup(tmp_path: Path) -> None:
    voyage = Voyage(tmp_path, {HUB: service()}, influx_backup_ack=True)
    voyage.sail()
    assert voyage.merged() == ["hub"]
    assert "Backup" not in voyage.pulls(HUB)[0].body
