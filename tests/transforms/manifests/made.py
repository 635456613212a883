"""Made-up upgrades (a rename, a merger of two packages) and the two verbs of these tests."""

from packaging.specifiers import SpecifierSet

from transforms.manifests import find_pins, raise_pins
from transforms.model import Finding, Pin, Upgrade
from transforms.registry import upgrades


def made(library: str, sources: tuple[str, ...], version: str, old: str, bounds: str, **more: object) -> Upgrade:
    return Upgrade(
        library=library,
        sources=sources,
        target=library,
        version=version,
        bounds=SpecifierSet(bounds),
        python=">=3.8",
        imports=(library.replace("-", "_"),),
        risk="high",
        from_version=old,
        **more,  # type: ignore[arg-type]
    )


MQTT = made("aiomqtt", ("asyncio-mqtt", "aiomqtt"), "2.4.0", "0.16", ">=2.4.0,<3")
INFLUX = made(
    "influxdb3-python",
    ("influxdb-client", "influxdb3-python"),
    "0.17.0",
    "0.3",
    ">=0.17.0,<0.20",
    extras=(("extra", "pandas"),),
)
_MADE = {*MQTT.sources, *INFLUX.sources}
EVERY = (*(u for u in upgrades() if _MADE.isdisjoint({u.target, *u.sources})), MQTT, INFLUX)


def pins(files: dict[str, str], root: str = "") -> tuple[Pin, ...]:
    """The pins of a tree without problems."""
    found, problems = find_pins(encoded(files), root, EVERY)
    assert problems == ()
    return found


def raised(path: str, before: str, *, rewritten: bool = True, **others: str) -> str:
    """One manifest after all upgrades; every other file of the tree is left as it was."""
    tree = encoded({path: before, **others})
    for upgrade in EVERY:
        tree |= raise_pins(tree, find_pins(tree, "", EVERY)[0], upgrade, rewritten=rewritten)[0]
    assert {p: tree[p].decode() for p in others} == others
    return tree[path].decode("utf-8")


def told(path: str, text: str, *, rewritten: bool = True, **others: str) -> list[Finding]:
    """What is said about one manifest."""
    tree = encoded({path: text, **others})
    found = find_pins(tree, "", EVERY)[0]
    return [f for u in EVERY for f in raise_pins(tree, found, u, rewritten=rewritten)[1] if f.file == path]


def encoded(files: dict[str, str]) -> dict[str, bytes]:
    return {path: text.encode("utf-8") for path, text in files.items()}
