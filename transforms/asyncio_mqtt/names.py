"""What the MQTT client library's things are called, under its old and its new name, and which version is meant."""

from __future__ import annotations

import libcst as cst

from transforms.asyncio_mqtt import UPGRADE
from transforms.manifests import find_pins
from transforms.model import PinStatus
from transforms.page import Page
from transforms.references import Reference, refer
from transforms.rewrites import dotted, dotted_text
from transforms.tree import Tree

OLD = "asyncio_mqtt"
NEW = "aiomqtt"
NEEDLES = (b"mqtt", b"Client")
"""Every file that handles an MQTT client names one of these."""


def full_name(page: Page, node: cst.CSTNode | None) -> str | None:
    """``asyncio_mqtt.Client`` or ``aiomqtt.Client``, also when a module of the service hands it on."""
    name = page.resolve(node)
    if name is None and node is not None:
        name = handed_on(page, _own_name(page, node))
    return name if name is not None and name.partition(".")[0] in {OLD, NEW} else None


def thing(page: Page, node: cst.CSTNode | None) -> str | None:
    """The bare name (``Client``) of a thing of the library, whichever of its modules it was taken from."""
    name = full_name(page, node)
    return None if name is None else name.rpartition(".")[2]


def quoted_thing(page: Page, at: cst.CSTNode, text: str) -> str | None:
    """The same for a name inside a string that stands at a node, such as a quoted annotation."""
    head, _, rest = text.strip().partition(".")
    target = page.scopes.imported(at, head)
    if target is None or target.partition(".")[0] not in {OLD, NEW}:
        return None
    return f"{target}.{rest}".strip(".").rpartition(".")[2]


def say(page: Page, at: cst.CSTNode, name: str) -> Reference | None:
    """How to say ``aiomqtt.<name>`` at a node once the page's imports are renamed."""
    for binding in page.scopes.imports_at_top():
        head, _, last = (binding.target or "").rpartition(".")
        if last == name and head.partition(".")[0] in {OLD, NEW}:
            return Reference(cst.Name(binding.name))
    for binding in page.scopes.imports_at_top():
        if binding.target in {OLD, NEW} and not binding.name.startswith("_"):
            head = NEW if binding.name == OLD else binding.name
            return Reference(dotted(f"{head}.{name}"))
    return refer(page, at, f"{NEW}.{name}")


def was_old(page: Page, name: str | None) -> bool:
    """Whether code that uses that name was written for the old behaviour: by its name, or by what the pins say."""
    return name is not None and (name.startswith(OLD) or page.tree.once(_pins_are_behind))


def is_moving(tree: Tree) -> bool:
    """Whether the service uses the library as it was, so that paho-mqtt moves too."""
    return tree.once(uses_old_package) or tree.once(_pins_are_behind)


def uses_old_package(tree: Tree) -> bool:
    """Whether some file of the service imports the package under its old name."""
    return any(
        (b.target or "").partition(".")[0] == OLD and not tree.is_own(OLD, page.path)
        for page in tree.pages(OLD.encode())
        for b in page.scopes.imports()
    )


def speaks_version_5(page: Page) -> bool:
    """Whether the page names MQTT 5, in which the old library gave reason codes already."""
    return any(name.value in {"V5", "MQTTv5"} for name in page.all(cst.Name))


def _pins_are_behind(tree: Tree) -> bool:
    pins, _ = find_pins(tree.files, tree.root, (UPGRADE,), tree.exclude)
    return any(pin.status in {PinStatus.EXCLUDES_TARGET, PinStatus.REPLACED} for pin in pins)


def _own_name(page: Page, node: cst.CSTNode) -> str | None:
    match node:
        case cst.Name():
            return page.scopes.imported_own(node)
        case cst.Attribute(value=inner, attr=cst.Name(value=attr)) if dotted_text(inner):
            head = _own_name(page, inner)
            return None if head is None else f"{head}.{attr}"
    return None


def handed_on(page: Page, name: str | None, steps: int = 4) -> str | None:
    """What a module of the service imports under that name, followed a few modules far."""
    module, _, last = (name or "").rpartition(".")
    path = page.tree.find(module, page.path) if module else None
    other = page.tree.page(path) if path is not None else None
    if other is None or not steps:
        return None
    targets = {b.target for b in other.scopes.module_level(last)}
    target = targets.pop() if len(targets) == 1 else None
    if target is None or target.partition(".")[0] in {OLD, NEW}:
        return None if target and other.tree.is_own(target.partition(".")[0], other.path) else target
    return handed_on(other, target, steps - 1)
