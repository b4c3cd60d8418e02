"""The paths that orchestrators and Prometheus request every few seconds: never traced, counted or held up."""

PROBES = frozenset({"/livez", "/readyz", "/startupz", "/metrics"})
