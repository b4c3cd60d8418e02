"""Reports: figures from counted rows, as JSON and CSV. Pure.

A report says for which period it is, by which zone's months, and as known at which instant; the same three give the
same bytes.
"""
