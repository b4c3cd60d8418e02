"""A world in which things go wrong, as often as its faults say, until it is healed."""

from collections.abc import Sequence
from random import Random

from kit.process.service import Service
from kit.simulate.disturbances import Disturbances
from kit.simulate.loop import VirtualLoop
from kit.simulate.losses import Losses
from kit.simulate.replicas import Replicas
from kit.simulate.restore import Restores
from kit.simulate.world import Setting, World


class TroubledWorld(World):
    """A world with faults. `seed`: see World."""

    def __init__(self, loop: VirtualLoop, seed: str, services: Sequence[Service], setting: Setting) -> None:
        super().__init__(loop, seed, services, setting)
        self._disturbances = Disturbances(self)
        self._backups = Random(f"{seed}/backups")
        self.restores = Restores(self, self._backups)
        self._losing = Random(f"{seed}/losses")
        self._losses = Losses(self, self._losing)
        self.waiting += [self.restores.waiting, self._losses.waiting]
        self._scaling = Random(f"{seed}/replicas")

    def start(self) -> None:
        """Start every process, and the faults."""
        super().start()
        self.run(self._disturbances.run())
        if self._backups.random() < self.faults.restored:
            self.run(self.restores.run(self.setting.busy))
        elif self._losing.random() < self.faults.forgotten:
            self.run(self._losses.run(self.setting.busy))
        if self._scaling.random() < self.faults.scaled:
            self.run(Replicas(self, self._scaling).run(self.setting.busy))
