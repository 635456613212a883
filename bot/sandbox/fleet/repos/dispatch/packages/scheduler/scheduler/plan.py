"""A plan: the cheapest hours in which a ship gets the energy it asked for before it leaves."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Stay:
    ship: str
    energy: float
    power: float
    hours: int

    @property
    def charging_hours(self):
        """Hours of charging at full power, rounded up."""
        return int(-(-self.energy // self.power))


class TooShort(Exception):
    """The ship leaves before it can be full."""


def plan(stay, prices):
    """The hours to charge in, in order."""
    if stay.charging_hours > min(stay.hours, len(prices)):
        raise TooShort(stay.ship)
    cheapest = sorted(range(stay.hours), key=lambda hour: (prices[hour], hour))
    return sorted(cheapest[: stay.charging_hours])
