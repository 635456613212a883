"""Wind on the Beaufort scale."""

UPPER_LIMITS = (0.2, 1.5, 3.3, 5.4, 7.9, 10.7, 13.8, 17.1, 20.7, 24.4, 28.4, 32.6)


def beaufort(speed):
    """The number for a wind speed in metres a second."""
    return sum(speed > limit for limit in UPPER_LIMITS)


def mean(speeds):
    """The mean of ten minutes, as the station's bulletin rounds it: half up, to a tenth."""
    return round(sum(speeds) / len(speeds), 1)
