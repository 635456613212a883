"""A rule: a meter, a limit, and for how many readings in a row it may be passed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    meter: str
    limit: float
    patience: int = 1

    def broken_by(self, readings):
        """Whether the newest readings of this rule's meter all pass the limit."""
        mine = [energy for meter, energy in readings if meter == self.meter][-self.patience :]
        return len(mine) == self.patience and all(energy > self.limit for energy in mine)
