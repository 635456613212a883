"""Answers with the forecast."""
