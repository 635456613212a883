"""Services that write, before and after: the examples of the rule for the whole client."""

from __future__ import annotations

from transforms.influxdb_client import samples_handed, samples_living, samples_writing

EXAMPLES = (*samples_writing.EXAMPLES, *samples_handed.EXAMPLES, *samples_living.EXAMPLES)
"""One for every shape."""
