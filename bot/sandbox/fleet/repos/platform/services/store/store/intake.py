"""What came in and is not written yet. One queue for the process: whoever receives puts, the writer takes."""

import asyncio

incoming = asyncio.Queue()


async def batch(size, patience=0.01):
    """Up to ``size`` readings; fewer when nothing comes for a while, none when nothing came at all."""
    taken = []
    while len(taken) < size:
        try:
            taken.append(await asyncio.wait_for(incoming.get(), patience))
        except asyncio.TimeoutError:
            break
    return taken


async def writer(table, size=100):
    """Write what comes in, batch by batch, until cancelled."""
    while True:
        if taken := await batch(size):
            table.write(taken)
