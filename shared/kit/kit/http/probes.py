"""The paths that machines ask every few seconds: no trace and no figure of these, and they are answered at any time."""

PROBES = frozenset({"/livez", "/readyz", "/startupz", "/metrics"})
