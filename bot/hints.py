"""Signs that one service may need another: addresses in its environment, imports of a shared folder. Pure.

They are shown beside the order and never change it: an address may be a default that nobody uses, and a folder may
serve old and new users alike. Who knows better writes ``depends_on`` in the configuration.
"""

from __future__ import annotations

import posixpath
import re
import sys
from collections.abc import Iterator, Mapping, Sequence

from bot import compose
from bot.composed import Composed
from bot.model import Hint, Service
from bot.places import aside, owner
from transforms.model import Files

ADDRESS, SHARED = "service address", "shared folder"
HOST = re.compile(
    r"""(?:[^\s/@]{0,200}@)?(?P<name>[\w-]{1,100})(?:\.[\w-]{1,100}\.svc[\w.]{0,100})?(?=[:/\s"'?#,}]|$)"""
)
ENVIRONMENT = re.compile(r"\.env(?:\.[\w.-]+)?|[\w-]+\.env")
IMPORT = re.compile(rb"^[ \t]*(?:from[ \t]+([A-Za-z_]\w*)[\w.]*[ \t]+import\b|import[ \t]+([A-Za-z_]\w*))", re.M)
ABOVE = frozenset(("", "lib", "libs", "shared", "common", "packages", "src"))
LARGEST = 512 * 1024


def hints(trees: Mapping[str, Files], services: Sequence[Service]) -> tuple[Hint, ...]:
    """Every hint of the fleet, the first place of each. Deterministic; never fails for what a tree contains."""
    composed = Composed(services, {repo: compose.nodes(files)[0] for repo, files in sorted(trees.items())})
    found: dict[tuple[str, str, str], Hint] = {}
    for repo, files in sorted(trees.items()):
        for hint in (*_addresses(repo, files, composed), *_imports(repo, files, services)):
            if hint.service != hint.on:
                found.setdefault((hint.service, hint.on, hint.why), hint)
    return tuple(sorted(found.values(), key=lambda h: (h.service, h.on, h.why)))


def _addresses(repo: str, files: Files, composed: Composed) -> Iterator[Hint]:
    known = {s.name for s in composed.services}
    paths = {s.path: s.name for s in composed.services if s.repo == repo}
    meant = composed.meant(repo)
    for node in composed.built[repo]:
        service = meant[node.project, node.name]
        for setting in node.environment if service in known else ():
            for host in _hosts(setting.text):
                on = meant.get((node.project, host)) or composed.by_name(repo, host)
                if on in known:
                    yield Hint(service, str(on), f"{node.file}:{setting.line}", ADDRESS)
    called = {name: on for (_, name), on in sorted(meant.items()) if on in known}
    for path in sorted(p for p in files if ENVIRONMENT.fullmatch(posixpath.basename(p))):
        place = owner(path, paths)
        for number, line in _lines(files[path]) if place is not None else ():
            for host in _hosts(line):
                if on := called.get(host) or composed.by_name(repo, host):
                    yield Hint(paths[place or ""], on, f"{path}:{number}", ADDRESS)


def _hosts(text: str) -> list[str]:
    """The host of every address in the text."""
    found = (HOST.match(rest) for rest in text.split("://")[1:])
    return [match["name"] for match in found if match]


def _lines(raw: bytes) -> Iterator[tuple[int, str]]:
    if len(raw) <= LARGEST:
        for number, line in enumerate(raw.decode("utf-8", "replace").splitlines(), 1):
            if not line.lstrip().startswith("#"):
                yield number, line


def _imports(repo: str, files: Files, services: Sequence[Service]) -> Iterator[Hint]:
    paths = {s.path: s.name for s in services if s.repo == repo}
    shared = _shared(files)
    owned: dict[str, list[str]] = {}
    for path in sorted(p for p in files if p.endswith(".py")):
        if place := owner(path, paths):
            owned.setdefault(place, []).append(path)
    for place, own in sorted(owned.items()):
        mine = {part.removesuffix(".py") for p in own for part in p[len(place) :].split("/")}
        for path in own:
            raw = files[path]
            for module, at in _modules(raw):
                if module in shared and module not in mine:
                    holder = owner(shared[module], paths)
                    on = f"{repo}:{shared[module]}/" if holder is None else paths[holder]
                    line = raw.count(b"\n", 0, at) + 1
                    yield Hint(paths[place], on, f"{path}:{line}", SHARED)


def _shared(files: Files) -> dict[str, str]:
    """Module → folder, for packages that stand where several services can reach them, unless two are called so."""
    found: dict[str, set[str]] = {}
    for path in files:
        folder, file = posixpath.split(path)
        above, module = posixpath.split(folder)
        reachable = above in ABOVE or (above.count("/") == 1 and above.startswith(("packages/", "libs/")))
        if file.endswith(".py") and reachable and module and not aside(folder):
            found.setdefault(module, set()).add(folder)
    standard = sys.stdlib_module_names
    return {m: min(folders) for m, folders in found.items() if len(folders) == 1 and m not in standard}


def _modules(raw: bytes) -> Iterator[tuple[str, int]]:
    """The modules that are imported, each once with its first place."""
    found: dict[str, int] = {}
    for match in IMPORT.finditer(raw) if len(raw) <= LARGEST else ():
        which = 1 if match[1] else 2
        found.setdefault(match[which].decode(), match.start(which))
    yield from found.items()
