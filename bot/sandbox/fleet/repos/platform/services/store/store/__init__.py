"""Keeps the readings."""
