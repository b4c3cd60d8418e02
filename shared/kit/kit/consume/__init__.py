"""From the broker to the effect of each record, exactly once; parked records; views folded from several topics."""
