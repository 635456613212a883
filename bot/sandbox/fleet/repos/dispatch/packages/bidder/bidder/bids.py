"""What to bid: the price that was planned with, and a margin that grows as the hour comes near."""


def bid(price, hours_ahead, margin=0.02):
    """The bid for an hour; never below the plan's price."""
    if hours_ahead < 1:
        raise ValueError("the auction for this hour is over")
    return round(price + abs(price) * margin * (1 + 1 / hours_ahead), 3)


def bids(plan, prices, now):
    """A bid for every planned hour that is still to come."""
    return {hour: bid(prices[hour], hour - now) for hour in plan if hour > now}
