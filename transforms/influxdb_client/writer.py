"""``client.write_api(...)``: where a service makes one, of which client, and how it writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from transforms.influxdb_client.names import CLIENT, method
from transforms.objects import Made, made
from transforms.page import Page
from transforms.rewrites import Flag
from transforms.tree import Tree

UNCERTAIN = "it is not certain which client this writes with; the options of writing move to where that is created"


@dataclass(frozen=True, slots=True)
class Writer:
    """A ``client.write_api(...)`` and the client it belongs to."""

    page: Page
    call: cst.Call
    client: Made

    @property
    def is_plain(self) -> bool:
        """Whether it writes synchronously and nothing else is said, which is what the 3.x client does anyway."""
        return len(self.call.args) == 1 and self.is_synchronous

    @property
    def is_synchronous(self) -> bool:
        """Whether every write is sent at once."""
        how = _argument(self.call, "write_options", 0)
        return how is not None and (self.page.resolve(how.value) or "").endswith(".SYNCHRONOUS")

    @property
    def batches(self) -> bool:
        """Whether writes may be collected: everything that is not certainly sent at once."""
        how = _argument(self.call, "write_options", 0)
        name = (self.page.resolve(how.value) or "") if how is not None else ""
        return not name.endswith((".SYNCHRONOUS", ".ASYNCHRONOUS"))


def _argument(call: cst.Call, keyword: str, position: int) -> cst.Arg | None:
    told = {a.keyword.value: a for a in call.args if a.keyword is not None}
    bare = [a for a in call.args if a.keyword is None and not a.star]
    return told.get(keyword) or (bare[position] if len(bare) > position else None)


def writers(page: Page) -> Iterator[Writer | Flag]:
    """Every ``client.write_api(...)`` of a page."""
    for call in page.all(cst.Call):
        if method(call) == "write_api" and isinstance(call.func, cst.Attribute):
            client = made(page, call.func.value, CLIENT)
            if client is None or any(a.star for a in call.args):
                yield Flag(call, UNCERTAIN, file=page.path)
            else:
                yield Writer(page, call, client)


def any_batches(tree: Tree) -> bool:
    """Whether some write API of the service may collect what is written."""
    found = [w for page in tree.pages(b"write_api") for w in writers(page)]
    return not found or any(isinstance(w, Flag) or w.batches for w in found)
