"""Events: noted when something happens, delivered by a separate call, so that each can be lost, late or doubled."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.sandbox.denied import not_found
from bot.sandbox.records import Delivery
from bot.sandbox.state import ForgeState, locked


@locked
def emit(state: ForgeState, /, repo: str, event: str, action: str, sender: str, **subject: str | int) -> Delivery:
    """Note that something happened. Nobody is told before ``deliver``."""
    now = state.now()
    _touch(state, repo, event, subject, now)
    delivery = Delivery(
        id=f"{state.next_id():08x}-0000-4000-8000-{len(state.world.deliveries) + 1:012x}",
        event=event,
        action=action,
        repo=repo,
        sender=sender,
        at=now,
        due=now + state.faults.lateness(event),
        subject=subject,
    )
    if state.describe is not None:
        delivery.payload = state.describe(delivery)
    state.world.deliveries.append(delivery)
    if state.delivers:
        state.clock.after(delivery.due - now, lambda: _deliver_and_forget(state))
    return delivery


def _touch(state: ForgeState, name: str, event: str, subject: dict[str, str | int], now: datetime) -> None:
    """Whatever happens to a conversation or to a branch moves the date that everybody sees there."""
    repo = state.world.repos[name]
    if event == "push":
        repo.pushed_at = now
    number = int(subject.get("number", 0))
    thread = repo.pulls.get(number) or repo.issues.get(number)
    if thread is not None:
        thread.updated_at = now


def deliver(state: ForgeState) -> tuple[Delivery, ...]:
    """Tell the subscribers everything that is due, faults applied. What went out, in that order, doubles twice."""
    with state.lock:
        batch = _outgoing(state)
        subscribers = list(state.subscribers)
    for delivery in batch:
        for subscriber in subscribers:
            subscriber(delivery)
    return batch


@locked
def redeliver(state: ForgeState, identifier: str) -> Delivery:
    """Put one delivery, whatever became of it, back among the waiting ones, under the same id."""
    for delivery in state.world.deliveries:
        if delivery.id == identifier:
            delivery.state = "waiting"
            delivery.due = state.now()
            if state.delivers:
                state.clock.after(timedelta(0), lambda: _deliver_and_forget(state))
            return delivery
    raise not_found()


def _deliver_and_forget(state: ForgeState) -> None:
    deliver(state)


def _outgoing(state: ForgeState) -> tuple[Delivery, ...]:
    now = state.now()
    due = [d for d in state.world.deliveries if d.state == "waiting" and d.due <= now]
    if state.faults.reorder:
        due.reverse()
    batch: list[Delivery] = []
    for delivery in due:
        copies = 0 if state.faults.loses(delivery.event) else 1 + state.faults.doubles(delivery.event)
        delivery.state = "delivered" if copies else "lost"
        delivery.attempts += copies
        batch += [delivery] * copies
    return tuple(batch)
