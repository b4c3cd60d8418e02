"""Deterministic simulation: services as processes that crash, with a store each and one bus, in virtual time.

The seed determines everything: the order in which tasks run, what fails, and what each clock shows. There are no
threads, no real clock and no I/O, so a seed that failed fails again.
"""
