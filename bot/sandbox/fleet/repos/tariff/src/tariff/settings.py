"""Settings from the environment, over the defaults that stand beside this file."""

import os
from dataclasses import dataclass

from dotenv import load_dotenv


@dataclass(frozen=True)
class Settings:
    zone: str
    currency: str
    grid_fee: float


def settings():
    """What this process runs with."""
    load_dotenv()
    return Settings(
        zone=os.environ.get("TARIFF_ZONE", "SYS"),
        currency=os.environ.get("TARIFF_CURRENCY", "EUR"),
        grid_fee=float(os.environ.get("TARIFF_GRID_FEE", "0")),
    )
