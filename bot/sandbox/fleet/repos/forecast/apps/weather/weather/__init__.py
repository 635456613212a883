"""Reads wind and temperature."""
