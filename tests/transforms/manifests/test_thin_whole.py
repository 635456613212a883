"""A service with two manifests is found, judged and raised; everything else in the files stays."""

from transforms.manifests import find_pins, raise_pins, requirement_lines
from transforms.model import PinStatus
from transforms.registry import upgrade, upgrades

TREE = {
    "svc/requirements.txt": b"tenacity==8.2.3  # keep\r\n-r ../shared/base.txt\r\n./local\r\n",
    "shared/base.txt": b"pytest~=8.3\nrequests\n",
    "svc/pyproject.toml": b'[tool.poetry.dependencies]\ntenacity = "^8.2" # why\n',
}


def test_pins_are_found_where_they_stand_even_behind_an_include() -> None:
    pins, problems = find_pins(TREE, "svc", upgrades())
    assert problems == ()
    assert [(p.library, p.file, p.line, p.status) for p in pins] == [
        ("tenacity", "svc/pyproject.toml", 2, PinStatus.EXCLUDES_TARGET),
        ("tenacity", "svc/requirements.txt", 1, PinStatus.EXCLUDES_TARGET),
        ("pytest", "shared/base.txt", 1, PinStatus.EXCLUDES_TARGET),
    ]


def test_raising_keeps_style_comments_and_line_ends() -> None:
    pins, _ = find_pins(TREE, "svc", upgrades())
    edited, findings = raise_pins(TREE, pins, upgrade("tenacity"), rewritten=True)
    assert edited == {
        "svc/requirements.txt": b"tenacity==9.1.2  # keep\r\n-r ../shared/base.txt\r\n./local\r\n",
        "svc/pyproject.toml": b'[tool.poetry.dependencies]\ntenacity = "^9.1.2" # why\n',
    }
    assert [f.message for f in findings] == ["tenacity ^8.2 → tenacity ^9.1.2", "tenacity==8.2.3 → tenacity==9.1.2"]


def test_the_resolver_gets_lines_of_our_own_making_and_hears_that_a_path_was_left_out() -> None:
    lines, partial = requirement_lines(TREE, "svc")
    assert lines == ("pytest~=8.3", "requests", "tenacity<9,>=8.2", "tenacity==8.2.3")
    assert partial
