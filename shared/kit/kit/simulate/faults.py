"""What goes wrong, and how often."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, kw_only=True)
class Faults:
    """Chances at each opportunity, from 0 to 1; spans and intervals in the loop's seconds. All 0: nothing happens."""

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
    """Crashes, stops, lost shards, delayed topics, cut senders and jumping clocks, so many a second."""
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
        """Some runs are calm, some are rough, and in some a single thing goes wrong all the time."""

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
