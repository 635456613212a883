"""Buys what was planned."""
