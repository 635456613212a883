from reports.summary import summary


def test_figures_of_all_sources_are_added():
    assert summary([{"energy": 3, "calls": 5}, {"energy": 3}]) == [("energy", 6), ("calls", 5)]


def test_nothing_adds_up_to_nothing():
    assert summary([]) == []
