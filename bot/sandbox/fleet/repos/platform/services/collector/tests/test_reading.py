import pytest
from collector.reading import Garbled, Reading, parse


def test_a_line_is_a_reading():
    assert parse("quay-1;1700000000000;42.5\n") == Reading("quay-1", 1700000000000, 42.5)


@pytest.mark.parametrize("line", ["", "quay-1", "quay-1;then;42.5", "quay-1;1;2;3"])
def test_anything_else_is_garbled(line):
    with pytest.raises(Garbled):
        parse(line)
