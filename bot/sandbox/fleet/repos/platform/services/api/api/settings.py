"""Settings: a file named on the command line or in the environment, and the environment over it."""

import os

from dotenv import dotenv_values

DEFAULTS = {"API_PAGE": "50", "API_STORE": "http://store:8080"}


def settings(path=None):
    """What holds in this process. Values that are set to nothing count as not set."""
    layers = (DEFAULTS, dotenv_values(path) if path else {}, os.environ)
    return {name: next(layer[name] for layer in reversed(layers) if layer.get(name)) for name in DEFAULTS}
