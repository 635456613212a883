"""Day-ahead prices from the market, which is slow to publish around noon."""

from tenacity import retry, retry_if_result, stop_after_attempt, wait_fixed


@retry(
    retry=retry_if_result(lambda prices: prices is None),
    wait=wait_fixed(0.001),
    stop=stop_after_attempt(4),
    retry_error_callback=lambda state: [],
)
def day_ahead(market, zone):
    """The prices of tomorrow's hours; empty while they are not published."""
    return market.prices(zone)


def lateness():
    """How often the last call had to ask again: shown on the dashboard."""
    return max(0, day_ahead.retry.statistics.get("attempt_number", 0) - 1)
