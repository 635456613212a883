"""A service that writes moves to the 3.x client as a whole: imports, creation, writing, errors.

https://github.com/InfluxCommunity/influxdb3-python#readme
"""

from __future__ import annotations

from transforms.influxdb_client.samples import EXAMPLES
from transforms.influxdb_client.whole import may_move, whole
from transforms.model import Level, Proof
from transforms.rule import Rule, Verdicts
from transforms.tree import Tree


def survey(tree: Tree) -> Verdicts:
    """The service's edits when all of it can be rewritten; else what stands in the way."""
    plan = tree.once(whole)
    if may_move(tree):
        yield from plan.rewrites
    yield from plan.blockers


RULE = Rule(
    id="ICL001",
    title="The client, its writes and its points",
    library="influxdb-client",
    link="https://github.com/InfluxCommunity/influxdb3-python#readme",
    was="`InfluxDBClient(url=…)` makes a `write_api`, which writes `Point`s to a bucket.",
    now=(
        "`ModuleNotFoundError: No module named 'influxdb_client'`. `InfluxDBClient3(host=…)` writes itself, to a "
        "database. The two do not mix: a `Point` of one given to the other is dropped without an error."
    ),
    proof=Proof.RAN,
    level=Level.BREAKS,
    survey=survey,
    examples=EXAMPLES,
)
