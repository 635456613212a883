"""The model: consumption is a base load and so much for every degree below a comfortable one."""

from dataclasses import dataclass

COMFORT = 17.0


@dataclass(frozen=True)
class Model:
    base: float
    slope: float

    def predict(self, temperature):
        return self.base + self.slope * max(0.0, COMFORT - temperature)


def fit(samples):
    """The least-squares model of (temperature, consumption) samples."""
    points = [(max(0.0, COMFORT - temperature), energy) for temperature, energy in samples]
    count = len(points)
    mean_x = sum(x for x, _ in points) / count
    mean_y = sum(y for _, y in points) / count
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    if not spread:
        return Model(base=mean_y, slope=0.0)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    return Model(base=mean_y - slope * mean_x, slope=slope)
