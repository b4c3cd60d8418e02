"""Logs as JSON lines; OpenTelemetry traces from HTTP through the log and Kafka to the mail."""

import logging
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import structlog
from opentelemetry import trace
from opentelemetry.context import attach, detach
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from kit import library_logs

EXPORT_TIMEOUT_SECONDS = 3.0
"""Seconds until a batch of spans is given up; a process that ends waits so long for a collector that is away."""
MAX_LINKS = 1_000
"""Links per span: more than timers ring at once."""

_PROPAGATOR = TraceContextTextMapPropagator()
_TRACER = trace.get_tracer("punctual")
_IDS = RandomIdGenerator()


def configure(process: str, level: str, otlp_endpoint: str | None) -> TracerProvider:
    """Set up logs and traces for this process. Spans always have ids, and are exported if there is an endpoint."""
    lowest = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _trace_id,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(lowest),
        logger_factory=structlog.WriteLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    library_logs.adopt(lowest)
    resource = Resource.create({"service.name": f"punctual-{process}"})
    # Without an endpoint, spans pass their ids on and record nothing.
    sampler = ALWAYS_ON if otlp_endpoint else ALWAYS_OFF
    provider = TracerProvider(resource=resource, sampler=sampler, span_limits=SpanLimits(max_links=MAX_LINKS))
    if otlp_endpoint:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        exporter = OTLPSpanExporter(endpoint=otlp_endpoint.rstrip("/") + "/v1/traces", timeout=EXPORT_TIMEOUT_SECONDS)
        provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return provider


def traceparent() -> str | None:
    """The traceparent of the current span, for an event's envelope; None: there is no span."""
    current = trace.get_current_span().get_span_context()
    if not current.is_valid:
        return None
    return f"00-{current.trace_id:032x}-{current.span_id:016x}-{current.trace_flags:02x}"


@contextmanager
def carried(headers: Iterable[tuple[bytes, bytes]]) -> Iterator[None]:
    """Continue the caller's trace in a request without a span of its own, or begin a new trace."""
    parent = next((value for name, value in headers if name == b"traceparent"), None)
    if parent is not None:
        context = _PROPAGATOR.extract({"traceparent": parent.decode("latin-1")})
    if parent is None or not trace.get_current_span(context).get_span_context().is_valid:
        ids = trace.SpanContext(_IDS.generate_trace_id(), _IDS.generate_span_id(), is_remote=False)
        context = trace.set_span_in_context(trace.NonRecordingSpan(ids))
    token = attach(context)
    try:
        yield
    finally:
        detach(token)


@contextmanager
def span(
    name: str, parent: str | None, links: Iterable[str | None] = (), **attributes: str | int
) -> Iterator[trace.Span]:
    """A span that continues the trace `parent`, or begins one. `links`: traceparents of other traces that led to it."""
    context = _PROPAGATOR.extract({"traceparent": parent}) if parent else None
    with _TRACER.start_as_current_span(name, context=context, attributes=attributes) as current:
        if current.is_recording():  # otherwise links would be lost
            for link in dict.fromkeys(links):
                linked = trace.get_current_span(_PROPAGATOR.extract({"traceparent": link})) if link else None
                if linked and linked.get_span_context().is_valid:
                    current.add_link(linked.get_span_context())
        yield current


def _trace_id(logger: object, method: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    current = trace.get_current_span().get_span_context()
    if current.is_valid:
        line.setdefault("trace_id", format(current.trace_id, "032x"))
    return line
