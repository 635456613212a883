"""Settings for every test."""

from hypothesis import settings

settings.register_profile("convoy", deadline=None, print_blob=True)
settings.load_profile("convoy")
