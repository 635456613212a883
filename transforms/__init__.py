"""Codemods and manifest editing. Knows nothing of forges, pull requests or the bot."""
