"""The faults of a run, and how often they occur."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, kw_only=True)
class Faults:
    """Chances from 0 to 1, at each opportunity; spans in the loop's seconds. If all are 0, nothing goes wrong."""

    yields: float = 0.5
    """That a step in a transaction lets others go first."""
    slow: float = 0.0
    """That such a step takes up to `slowness`."""
    slowness: float = 0.3
    lost: float = 0.0
    """That the connection to the database is cut at a step: before the commit, or between it and its answer."""
    unsent: float = 0.0
    """That the broker doesn't take a record, and says so."""
    unacknowledged: float = 0.0
    """That it takes a record and says that it didn't."""
    late: float = 0.0
    """That a record arrives up to `lateness` later, perhaps after its sender's end."""
    lateness: float = 0.5
    redelivered: float = 0.0
    """That a fetch begins again with records that came before."""
    held: float = 0.0
    """That a consumer's group gets nothing more of a topic for up to `holding`, though it is there."""
    holding: float = 2.0
    partial: float = 0.0
    """That a fetch brings a part of what there is."""
    unreachable: float = 0.0
    """That a fetch, a new producer or a listener fails."""
    disturbances: float = 0.0
    """How many crashes, stops, lost shards, delayed topics, cut senders and jumping clocks there are per second."""
    shot: float = 0.0
    """That a process dies over a command, at any step of some transaction."""
    skew: float = 0.0
    """Seconds by which clocks may be wrong."""
    scaled: float = 0.0
    """That within a run replicas join, are lost for good, stand still, or are cut off from the broker."""
    forgotten: float = 0.0
    """That within a run the broker loses records for good, where no database goes back in time."""
    restored: float = 0.0
    """That within a run some database goes back in time."""

    @classmethod
    def drawn(cls, random: Random) -> "Faults":
        """Draw faults: some runs are calm, some rough, and in some a single fault occurs all the time."""

        def chance(most: float) -> float:
            return random.choice((0.0, most * random.random() ** 2, most * random.random() ** 2))

        return cls(
            yields=random.choice((0.1, 0.5, 0.9)),
            slow=chance(0.01),
            lost=chance(0.005),
            unsent=chance(0.05),
            unacknowledged=chance(0.05),
            late=chance(0.2),
            redelivered=chance(0.3),
            held=chance(0.3),
            partial=chance(0.5),
            unreachable=chance(0.01),
            disturbances=chance(4.0),
            shot=chance(0.2),
            skew=random.choice((0.0, 0.001, 1.0)),
            scaled=0.3,
            forgotten=0.15,
            restored=0.2,
        )


CALM = Faults()
