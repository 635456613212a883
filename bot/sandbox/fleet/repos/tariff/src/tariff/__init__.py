"""What a kilowatt hour costs, now and for the next day."""
