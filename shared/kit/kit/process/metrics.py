"""The metrics of a service, read from its parts at each request to `/metrics`."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from kit.consume.consumer import Consumer
from kit.process.health import condition
from kit.process.host import LiveHost


class Metrics:
    """The metrics of one service in this process."""

    def __init__(self, host: LiveHost) -> None:
        self._host = host
        self.registry = CollectorRegistry()
        self.registry.register(self)
        self.requests = Histogram(
            "punctual_http_request_seconds",
            "Time to answer a request",
            ["service", "method", "route", "status"],
            registry=self.registry,
            buckets=(0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 1, 5),
        )

        self._children: dict[tuple[str, str, int], Histogram] = {}

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered. `route` is its pattern, not its path."""
        child = self._children.get((method, route, status))
        if child is None:
            name = self._host.service.name
            child = self._children[method, route, status] = self.requests.labels(name, method, route, status)
        child.observe(seconds)

    def text(self) -> bytes:
        """All metrics, in Prometheus' text format."""
        return generate_latest(self.registry)

    def collect(self) -> Iterable[Metric]:
        """Gauges and counters of the parts."""
        host, name = self._host, self._host.service.name
        lag = GaugeMetricFamily("punctual_consumer_lag", "Records not yet applied", labels=["service", "topic"])
        for topic, behind in host.lag().items():
            if behind is not None:
                lag.add_metric([name, topic], behind)
        yield lag
        if host.consumer:
            yield from _of(host.consumer, name)
        skew = host.probe.skew
        yield _one(GaugeMetricFamily, "punctual_clock_skew_seconds", "From the database's clock", name, skew)
        yield _one(CounterMetricFamily, "punctual_relayed_events", "Events acknowledged", name, host.relay.sent)
        waiting = host.relay.stalled_seconds()
        yield _one(GaugeMetricFamily, "punctual_relay_waiting_seconds", "Since the broker took an event", name, waiting)
        reached = host.reach.reached()
        yield _one(GaugeMetricFamily, "punctual_broker_reached", "1 while the broker answers", name, reached)
        idle = host.ownership.idle
        yield _one(GaugeMetricFamily, "punctual_idle_shards", "Held by who doesn't reach the broker", name, idle)
        closed = len(host.recovery.closed)
        yield _one(GaugeMetricFamily, "punctual_closed_shards", "Shards that take nothing", name, closed)
        adopted = host.adoption.adopted
        yield _one(CounterMetricFamily, "punctual_adopted_events", "Taken up from the broker", name, adopted)
        lost = len(host.adoption.lost)
        yield _one(GaugeMetricFamily, "punctual_lost_shards", "Of which the broker lost what it had", name, lost)
        refused = len(host.relay.refused)
        yield _one(GaugeMetricFamily, "punctual_refused_shards", "Whose next event the broker refuses", name, refused)
        parked = len(host.consumer.parked) if host.consumer else 0
        yield _one(GaugeMetricFamily, "punctual_parked", "Tickets with records set aside", name, parked)
        unread = len(host.book.unreadable)
        yield _one(GaugeMetricFamily, "punctual_policies_unreadable", "That this code can't read", name, unread)
        ready = condition(host)["status"] == "ready"
        yield _one(GaugeMetricFamily, "punctual_ready", "1 while /readyz answers 200", name, ready)
        for metric, gauge in host.gauges.items():
            labels = [gauge.label] if gauge.label else []
            own = GaugeMetricFamily(metric, gauge.text, labels=["service", *labels])
            for value, count in gauge.values.items():
                own.add_metric([name, value] if labels else [name], count)
            yield own
        if host.timers:
            overdue = host.timers.overdue().total_seconds()
            yield _one(GaugeMetricFamily, "punctual_timer_overdue_seconds", "The earliest due timer", name, overdue)
            audited = host.auditor.overdue()
            yield _one(
                GaugeMetricFamily, "punctual_timer_audited_overdue_seconds", "The earliest in the table", name, audited
            )
            silent = host.edge.silence(host.clock.elapsed())
            yield _one(GaugeMetricFamily, "punctual_settled_edge_silence_seconds", "Since the edge moved", name, silent)
            guessed = host.timers.unsettled
            yield _one(CounterMetricFamily, "punctual_timers_unsettled", "Rung without the settled edge", name, guessed)
            yield _one(CounterMetricFamily, "punctual_timers_fired", "Timers rung", name, host.timers.fired)


def _of(consumer: Consumer, service: str) -> Iterable[Metric]:
    """What is wrong with the topics that the service consumes, counted by partition."""
    holes = consumer.holes()
    for metric, text, value in (
        ("punctual_consumer_broken_shards", "Stopped: the sender's log went back in time", len(consumer.broken)),
        ("punctual_consumer_holes", "Partitions in which records are missing", len(holes)),
        ("punctual_consumer_hole_seconds", "The oldest hole", max(holes.values(), default=0.0)),
        (
            "punctual_consumer_unproven",
            "Partitions with repeated records that are looked into",
            len(consumer.unproven()),
        ),
        ("punctual_consumer_rewound", "Partitions that are read from their beginning", len(consumer.rewound)),
        ("punctual_consumer_missing", "Partitions that the broker doesn't have", len(consumer.missing())),
    ):
        yield _one(GaugeMetricFamily, metric, text, service, value)


def _one(
    kind: type[GaugeMetricFamily] | type[CounterMetricFamily], metric: str, text: str, service: str, value: float
) -> Metric:
    family = kind(metric, text, labels=["service"])
    family.add_metric([service], value)
    return family
