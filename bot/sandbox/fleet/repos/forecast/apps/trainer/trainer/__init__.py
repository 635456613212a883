"""Fits the model."""
