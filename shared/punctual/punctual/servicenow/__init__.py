"""Imports the history of a ServiceNow desk: reads its audit log, translates it into our facts, reports, records.

Made for the "Incident management process enriched event log" (C. A. L. Amaral, M. Fantinato, S. M. Peres, University of
Sao Paulo; UCI Machine Learning Repository, data set 498, CC BY 4.0), and good for any export with its columns.
"""

AUTHORS = (
    "Incident management process enriched event log, by C. A. L. Amaral, M. Fantinato and S. M. Peres (University of "
    "Sao Paulo), UCI Machine Learning Repository, data set 498, CC BY 4.0"
)
"""The source to name wherever something made from that log is shown."""
