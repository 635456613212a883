"""Keeps answers for a while, so that the quays' displays do not ask the model every second."""

import time


class Cache:
    def __init__(self, seconds, clock=time.monotonic):
        self.seconds = seconds
        self.clock = clock
        self.kept = {}

    async def get(self, key, make):
        """The answer kept under this key, or a new one."""
        born, answer = self.kept.get(key, (float("-inf"), None))
        if self.clock() - born >= self.seconds:
            answer = await make(key)
            self.kept[key] = (self.clock(), answer)
        return answer
