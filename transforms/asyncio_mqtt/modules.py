"""Where the names of the old modules are on the target."""

from __future__ import annotations

from transforms.asyncio_mqtt import EXPORTS
from transforms.asyncio_mqtt.names import NEW, OLD

_CLIENT = """
    Client MQTT_LOGGER Message ProtocolVersion ProxySettings TLSParameters Will PayloadType SocketOption
    SubscribeTopic WebSocketHeaders
"""
MODULES = {
    f"{NEW}.client": frozenset(_CLIENT.split()),
    f"{NEW}.types": frozenset({"PayloadType", "T"}),
    f"{NEW}.exceptions": frozenset({"MqttCodeError", "MqttConnectError", "MqttError", "MqttReentrantError"}),
    NEW: EXPORTS[NEW],
}
"""What the target's modules hold, of what the old ones held."""

_GONE = {f"{NEW}.error": f"{NEW}.exceptions", f"{NEW}._version": NEW}
SUBMODULES = ("client", "error", "types", "_version")


def renamed(module: str) -> str:
    """The module under its new name, whether or not it is still right."""
    head, _, rest = module.partition(".")
    new = f"{NEW}.{rest}".rstrip(".") if head in {OLD, NEW} else module
    return _GONE.get(new, new)


def home_of(module: str, name: str) -> str | None:
    """The target's module that holds a name of an old module: the same one if it still does."""
    same = renamed(module)
    if module.endswith((".error", "._version")) and name in MODULES[NEW]:
        same = NEW
    return next((m for m in (same, NEW, *MODULES) if name in MODULES.get(m, ())), None)
