"""A pull request at a glance."""

from bot import marker
from bot.render import pull_body, pull_title
from tests.render.samples import BASE, TREE, VIEW


def test_a_pull_request_says_what_moved_and_ends_with_its_marker():
    body = pull_body(VIEW)
    assert body.startswith("Moves `billing` from tenacity 8.2.3 → 9.1.2 and python-dotenv 1.0.1 → 1.2.1.")
    assert marker.read(body) == marker.Marker("phase2", "services--billing", BASE, TREE, 1)
    assert pull_title(VIEW) == "billing: move tenacity to 9.1.2 and python-dotenv to 1.2.1"
