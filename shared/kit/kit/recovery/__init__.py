"""A database that went back in time adds the events that it lacks, from its topic at the broker."""
