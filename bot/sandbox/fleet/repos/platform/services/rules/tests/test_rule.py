from rules.rule import Rule

RULE = Rule("quay-1", limit=10, patience=2)


def test_one_peak_is_forgiven():
    assert not RULE.broken_by([("quay-1", 4), ("quay-1", 12)])


def test_two_peaks_in_a_row_are_not():
    assert RULE.broken_by([("quay-1", 11), ("quay-2", 1), ("quay-1", 12)])


def test_another_meter_s_peaks_do_not_count():
    assert not RULE.broken_by([("quay-2", 11), ("quay-2", 12)])
