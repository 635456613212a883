"""The end of a landing: base checks are green, and deployment, health and time say the rest. Pure.

Sick health is ours when it was asked before the merge, for then it was well: nothing sick is merged. A landing that
somebody else merged past us, or whose revert a person refused, is a person's to judge.
"""

from __future__ import annotations

from datetime import datetime

from bot import phases
from bot.health import sick
from bot.marker import Said
from bot.model import Policy
from bot.observation import Landed, Observation
from bot.phases import Phase


def soak(seen: Observation, landed: Landed, since: datetime | None, policy: Policy, now: datetime) -> Phase:
    """Landing until the soak time is over; Regressed as soon as the service is sick meanwhile."""
    number, ill = landed.pull.number, sick(seen.health)
    if ill and landed.refused is not None:
        reason = f"{ill[0]}; the revert #{landed.refused.number} was closed by a person"
        return phases.Landing(reason, number, disputed=True, explained=True)
    if ill:
        return phases.Regressed(f"well before our merge and sick after it: {'; '.join(ill)}", number, ())
    until = max(t for t in (landed.pull.merged_at, since) if t) + policy.soak if landed.pull.merged_at else now
    if now < until:
        well = ", and it answers well" if seen.health else ""
        reason = f"green on the base{well}; soaking until {until:%H:%M:%S} UTC"
        return phases.Landing(reason, number, soaking=True, until=until)
    if seen.wish.needed:
        return phases.Due(f"old API came back after #{number} had settled", seen.attempts + 1)
    return phases.Settled(f"#{number} merged, and the base has been green since", number)


def disputed(landed: Landed, reason: str) -> Phase:
    """Nothing is reverted, and a person is asked, once."""
    explained = Said("disputed", landed.history[0]) in landed.said
    return phases.Landing(reason, landed.pull.number, disputed=True, explained=explained)
