"""What pytest would do in a tree, read without running it: configuration in force, collection, fixtures.

The rules of pytest and pytest-asyncio ask here before they touch anything, because almost none of their
breaking changes can be judged from one file: whether an async fixture breaks depends on a mode that may be set
in any of seven files or on a command line, and whether ``event_loop`` is the plugin's depends on every conftest
above the test.
"""

from transforms.pytest_world.config import Configuration, Option
from transforms.pytest_world.source import Fixture, Function, Module
from transforms.pytest_world.world import World, world

__all__ = ["Configuration", "Fixture", "Function", "Module", "Option", "World", "world"]
