"""Convoy moves a fleet of services across breaking library upgrades, in order and with a way back."""

__version__ = "0.1.0"
