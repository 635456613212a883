"""Raises alarms."""
