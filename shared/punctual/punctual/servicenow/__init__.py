"""History of a ServiceNow desk, brought in: read from its audit log, translated into our facts, reported, recorded.

Made for the "Incident management process enriched event log" (C. A. L. Amaral, M. Fantinato, S. M. Peres, University of
Sao Paulo; UCI Machine Learning Repository, data set 498, CC BY 4.0), and good for any export with its columns.
"""

AUTHORS = (
    "Incident management process enriched event log, by C. A. L. Amaral, M. Fantinato and S. M. Peres (University of "
    "Sao Paulo), UCI Machine Learning Repository, data set 498, CC BY 4.0"
)
"""To be named wherever something made of that log is shown."""
