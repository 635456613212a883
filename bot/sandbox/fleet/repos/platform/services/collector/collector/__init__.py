"""Polls the meters and hands their readings on."""
