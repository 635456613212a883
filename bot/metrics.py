"""What a running Convoy measures about itself, in Prometheus' text format."""

from __future__ import annotations

from collections import Counter as Tally

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from bot.report import Report

SECONDS = (0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000)
"""Buckets for a tick: a quiet one takes a part of a second, a first one over a large fleet minutes."""


class Metrics:
    """Counters and gauges of one process. Names are a contract with dashboards: they do not change."""

    def __init__(self) -> None:
        self._registry = r = CollectorRegistry()
        self._services = Gauge("convoy_services", "Services by phase.", ["phase"], registry=r)
        self._halted = Gauge("convoy_halted", "1 while nothing new begins.", registry=r)
        self._stopped = Gauge("convoy_stopped", "1 while nothing at all is written.", registry=r)
        self._looked = Gauge("convoy_full_look_timestamp_seconds", "When all was last looked at.", registry=r)
        self._ticks = Counter("convoy_ticks", "Ticks by look and outcome.", ["look", "outcome"], registry=r)
        self._seconds = Histogram("convoy_tick_seconds", "Length of a tick.", buckets=SECONDS, registry=r)
        self._actions = Counter("convoy_actions", "Actions that went through.", registry=r)
        self._wakes = Counter("convoy_wakes", "Wakes of a repository of the fleet.", registry=r)
        self._webhooks = Counter("convoy_webhooks", "Webhooks by the answer they got.", ["status"], registry=r)
        ProcessCollector(registry=r)

    def ticked(self, report: Report, look: str, seconds: float) -> None:
        """A tick went through. ``look`` is ``full`` or ``part``."""
        self._ticks.labels(look, "done").inc()
        self._seconds.observe(seconds)
        self._actions.inc(report.acted)
        self._halted.set(bool(report.halted))
        self._stopped.set(bool(report.stopped))
        self._services.clear()
        for phase, number in Tally(s.phase.name for s in report.standings).items():
            self._services.labels(phase).set(number)
        if look == "full":
            self._looked.set_to_current_time()

    def failed(self, look: str) -> None:
        """A tick ended in an error."""
        self._ticks.labels(look, "failed").inc()

    def woken(self) -> None:
        """Somebody woke a repository of the fleet."""
        self._wakes.inc()

    def answered(self, status: int) -> None:
        """A webhook came and got this answer."""
        self._webhooks.labels(status).inc()

    def page(self) -> bytes:
        """Everything, as ``/metrics`` shows it."""
        return generate_latest(self._registry)
