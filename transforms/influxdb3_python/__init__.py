"""influxdb3-python 0.3 → 0.17.0."""

from packaging.specifiers import SpecifierSet

from transforms.model import Claim, Upgrade
from transforms.rule import Environments

UPGRADE = Upgrade(
    library="influxdb3-python",
    sources=("influxdb3-python",),
    target="influxdb3-python",
    version="0.17.0",
    bounds=SpecifierSet(">=0.17.0,<0.20"),
    python=">=3.8",
    imports=("influxdb_client_3",),
    risk="high",
    backup="the InfluxDB databases that it writes to",
    from_version="0.3",
    notes=(
        "A range ends below 0.20: that release drops the login by user and password, 0.21 takes "
        "`write_client.rest` away. 0.17 loses DataFrames written in batches, 0.18 does not."
    ),
    claims=(
        Claim(
            "the module is `influxdb3_python` and the class `InfluxDB3Client`",
            "neither name exists: it is `influxdb_client_3.InfluxDBClient3`",
        ),
    ),
)

_BASE = ("numpy==1.26.4", "pandas==2.2.3", "pyarrow==15.0.2")

ENVIRONMENTS = Environments(
    old=("influxdb3-python==0.3.0", *_BASE),
    target=("influxdb3-python==0.17.0", *_BASE),
    newest=("influxdb3-python==0.19.0", *_BASE),
    subject="data ingestion",
    method="Writes go to an HTTP endpoint that keeps every line, queries to a Flight endpoint that answers.",
)

_STAR = """
    ASYNCHRONOUS InfluxDBClient3 Point PointSettings SYNCHRONOUS WriteOptions WritePrecision file_parser_options
    flight_client_options write_client_options
"""
EXPORTS = {"influxdb_client_3": frozenset(_STAR.split())}
"""``influxdb_client_3.__all__``, the same in both versions."""
