import pytest
from api.pages import page


def test_the_last_page_says_so():
    assert page([1, 2, 3], 2, size=2) == ([3], False)


def test_a_page_beyond_the_end_is_empty():
    assert page([1, 2, 3], 9, size=2) == ([], False)


def test_pages_are_counted_from_one():
    with pytest.raises(ValueError, match="counted from 1"):
        page([1], 0, size=2)
