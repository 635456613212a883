"""Where every service stands, as text, as Markdown and as the last word of a voyage."""

from __future__ import annotations

from dataclasses import replace

from bot.phases import Current, Held, Reverted, Settled, Waiting
from bot.render import status_markdown, status_text, summary
from tests.render.samples import BARRED, standing

FLEET = [
    standing("web", Waiting("waits for billing (Reverted)", ("billing",)), 2, None, "billing"),
    standing("billing", Reverted("#12 was taken back by #14", 12, "#14", 14), 1, 12),
    replace(standing("ledger", Settled("#4 merged, base green since", 4), 0, 4), barred=(BARRED,)),
    standing("docs", Current("pins and code already meet the target")),
    standing("cron", Held("held by the label convoy:hold", 9, "abc"), 0, 9),
]


def test_the_table_is_in_sailing_order_with_a_reason_for_everyone():
    assert status_text(FLEET).splitlines() == [
        "WAVE  SERVICE  PHASE     PR  WHY",
        "1     cron     Held      9   held by the label convoy:hold",
        "1     docs     Current   -   pins and code already meet the target",
        "1     ledger   Settled   4   #4 merged, base green since; pytest not moved (the image runs Python 3.9 and "
        "pytest 9 needs 3.10)",
        "2     billing  Reverted  12  #12 was taken back by #14",
        "3     web      Waiting   -   waits for billing (Reverted)",
        "",
        "5 services: 1 current, 1 held, 1 reverted, 1 settled, 1 waiting",
    ]


def test_an_empty_fleet_is_said_to_be_empty():
    assert status_text([]).splitlines() == ["WAVE  SERVICE  PHASE  PR  WHY", "", "0 services"]


def test_the_issue_links_to_pull_requests_and_refers_to_none_by_number():
    text = status_markdown(FLEET)
    assert "| 2 | `billing` | Reverted | [12](https://github.com/acme/shop/pull/12) | #&#8203;12 was taken" in text
    assert "| 1 | `docs` | Current | – |" in text
    assert text.endswith("\n5 services: 1 current, 1 held, 1 reverted, 1 settled, 1 waiting\n")


def test_the_summary_tells_the_merges_the_revert_and_where_to_look():
    text = summary(
        FLEET, ["ledger", "billing"], ["billing"], [("Pull requests", "out/pulls"), ("Forge", "x")], 61.4
    )
    assert text == (
        "5 services: 1 current, 1 held, 1 reverted, 1 settled, 1 waiting after 61 s\n"
        "\n"
        "Merged, in this order: ledger and billing.\n"
        "\n"
        "Reverted: billing. #12 was taken back by #14\n"
        "\n"
        "Not settled:\n"
        "  cron is Held: held by the label convoy:hold\n"
        "  web is Waiting: waits for billing (Reverted)\n"
        "\n"
        "Where to look:\n"
        "  Pull requests  out/pulls\n"
        "  Forge          x\n"
    )


def test_a_voyage_without_incident_is_told_in_one_line():
    assert summary([standing("ledger", Settled("fine", 4), 0, 4)], [], []) == "1 service: 1 settled\n"
