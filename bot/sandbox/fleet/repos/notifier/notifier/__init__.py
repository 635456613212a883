"""Tells people about alarms."""
