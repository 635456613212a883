"""The outside world: one module per thing that Convoy talks to. Imported by the command line only."""
