"""Pages of a list, and a stream that walks through them."""


def page(items, number, size):
    """A page, counted from 1, and whether another one follows."""
    if number < 1 or size < 1:
        raise ValueError("pages and their sizes are counted from 1")
    start = (number - 1) * size
    return items[start : start + size], start + size < len(items)


async def walk(fetch):
    """Every item of every page, as they come."""
    number, more = 1, True
    while more:
        items, more = await fetch(number)
        number += 1
        for item in items:
            yield item
