"""What shows a proof (`contracts.proof`), whatever was promised: as text, as a table, as a picture, as a page."""
