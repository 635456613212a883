"""The environment git runs in: no configuration but ours, no prompt, no hook, one protocol, the token in no file.

The token travels as ``http.<forge>/.extraHeader`` through ``GIT_CONFIG_*`` variables, which git reads as if they
were its command line: it stands in no argument list, no ``.git/config`` and no remote address. The key names the
forge and redirects are off, so the header goes to that forge alone.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

SECONDS = 600.0
"""How long one git command may take, the network included."""

_SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.askPass": "",
    "credential.helper": "",
    "fetch.recurseSubmodules": "false",
    "gc.autoDetach": "false",
    "http.followRedirects": "false",
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "60",
    "push.gpgSign": "false",
    "push.recurseSubmodules": "no",
    "safe.bareRepository": "all",
}

_VARIABLES = {
    "GIT_ASKPASS": "",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_PROTOCOL_FROM_USER": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_TRACE_REDACT": "1",
}


@dataclass(frozen=True, slots=True)
class Identity:
    """Who our commits are by."""

    name: str = "convoy[bot]"
    email: str = "convoy[bot]@users.noreply.github.com"


def local_environment(mirror: Path, base_url: str) -> dict[str, str]:
    """For commands on the mirror, and for its transport to the forge's own protocol."""
    scheme = urlsplit(base_url).scheme or "file"
    settings = _configured(_SETTINGS)
    return {**_VARIABLES, **settings, "GIT_ALLOW_PROTOCOL": scheme, "GIT_DIR": str(mirror)}


def network_environment(base_url: str, token: str) -> dict[str, str]:
    """What a fetch or push knows besides: the credential, if there is one."""
    if not token:
        return {}
    basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    return _configured({**_SETTINGS, f"http.{base_url}/.extraHeader": f"Authorization: Basic {basic}"})


def signature(identity: Identity, seconds: int) -> dict[str, str]:
    """Author and committer at a given second, so that the same commit always has the same sha."""
    roles = {"NAME": identity.name, "EMAIL": identity.email, "DATE": f"@{seconds} +0000"}
    return {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in roles.items()}


def redacted(text: str, token: str) -> str:
    """The text without the token in any form it is sent in."""
    if not token:
        return text
    basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    for secret in (basic, token, quote(token, safe=""), base64.b64encode(token.encode()).decode()):
        text = text.replace(secret, "***")
    return text


def _configured(settings: Mapping[str, str]) -> dict[str, str]:
    variables = {"GIT_CONFIG_COUNT": str(len(settings))}
    for index, (key, value) in enumerate(settings.items()):
        variables |= {f"GIT_CONFIG_KEY_{index}": key, f"GIT_CONFIG_VALUE_{index}": value}
    return variables
