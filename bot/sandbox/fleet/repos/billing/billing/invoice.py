"""An invoice: hours, their energy and prices, in minor units so that nothing is lost."""

from dataclasses import dataclass

from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_none


@dataclass(frozen=True)
class Invoice:
    quay: str
    amount: int
    late_prices: int


def is_doubtful(state):
    """Whether the price is negative: rare enough to ask once more."""
    return not state.outcome.failed and state.outcome.result() < 0


@retry(
    retry=retry_if_exception_type(LookupError) | is_doubtful,
    wait=wait_none(),
    stop=stop_after_attempt(3),
    retry_error_callback=lambda state: 0,
)
def price(tariff, hour):
    """The price of an hour in minor units; an hour without one, or with a negative one, is free."""
    return tariff.price(hour)


def invoice(quay, energy, tariff):
    """The invoice over hour -> energy."""
    amount, late = 0, 0
    for hour, used in energy.items():
        amount += round(used * price(tariff, hour))
        late += price.retry.statistics["attempt_number"] > 1
    return Invoice(quay, amount, late)
