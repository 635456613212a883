"""How long Convoy takes, as ratios that mean the same on any machine."""
