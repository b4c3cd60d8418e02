"""`python -m sla_timer.what_if`: what `process` starts."""

from sla_timer.what_if.process import main

main()
