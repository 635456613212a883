"""Answers questions about readings and alarms."""
