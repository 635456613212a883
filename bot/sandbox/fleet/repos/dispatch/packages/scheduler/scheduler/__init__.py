"""Plans when ships charge."""
