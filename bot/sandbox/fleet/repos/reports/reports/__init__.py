"""The month in figures."""
