"""A GitHub-compatible forge on this machine: real git, real CI runs, faults as fields."""
