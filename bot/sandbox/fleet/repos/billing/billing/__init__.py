"""What a quay owes for a month."""
