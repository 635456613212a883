"""What a quiet tick costs a fleet of two hundred repositories: one request each, all answered "unchanged"."""

from __future__ import annotations

from pathlib import Path

import pytest
from afloat import afloat
from test_quiet import quiet_fleet, warmed
from voyage import Voyage


@pytest.mark.storm
def test_two_hundred_repositories_at_rest_cost_two_hundred_requests(tmp_path: Path) -> None:
    voyage = Voyage(tmp_path / "world", quiet_fleet(200))
    with afloat(voyage, tmp_path) as sea:
        warmed(sea)
        asked = sea.cost()
        assert (len(asked), {one.status for one in asked}) == (200, {304})
        assert [one for one in sea.served.meter.asked if one.git] == []
