"""Deterministic simulation: services as processes that crash, on one store each and one bus, in virtual time.

Everything that happens follows from the seed: the order in which tasks run, what fails, and what every clock says.
No thread, no wall clock and no I/O takes part, so that a seed that failed fails again.
"""
