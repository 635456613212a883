"""What the customer pays for an hour."""


def consumer_price(spot, settings):
    """Spot price and grid fee; a negative price is passed on, the fee stays."""
    return round(spot + settings.grid_fee, 4)


def cheapest(prices, hours):
    """The start of the cheapest window of that many hours."""
    if not 0 < hours <= len(prices):
        raise ValueError(f"no window of {hours} hours in {len(prices)}")
    return min(range(len(prices) - hours + 1), key=lambda start: sum(prices[start : start + hours]))
