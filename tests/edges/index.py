"""An index of our own over HTTP, which tells when each file was published."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

OLD = "2025-01-01T00:00:00Z"


@dataclass
class Index:
    """``url`` is what installers are told; ``dates`` version → when it was published; ``asked`` every request."""

    folder: Path
    url: str = ""
    dates: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def page(self, project: str) -> bytes:
        """PEP 691, with upload times and hashes."""
        files = [self._file(wheel) for wheel in sorted((self.folder / project).glob("*.whl"))]
        return json.dumps({"meta": {"api-version": "1.1"}, "name": project, "files": files}).encode()

    def _file(self, wheel: Path) -> dict[str, object]:
        version = wheel.name.split("-")[1]
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        place = f"{self.url.removesuffix('/simple')}/files/{wheel.parent.name}/{wheel.name}"
        uploaded = self.dates.get(version, OLD)
        return {
            "filename": wheel.name,
            "url": place,
            "hashes": {"sha256": digest},
            "size": wheel.stat().st_size,
            "upload-time": uploaded,
        }


@contextmanager
def served(folder: Path) -> Iterator[Index]:
    """The wheels of a folder (``tests.edges.wheels``) while the block lasts."""
    index = Index(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            index.asked.append(self.path)
            kind, _, name = self.path.strip("/").partition("/")
            found = folder / name
            is_there = found.is_dir() if kind == "simple" else found.is_file()
            self.send_response(200 if is_there else 404)
            body = b"" if not is_there else index.page(name) if kind == "simple" else found.read_bytes()
            self.send_header("Content-Type", "application/vnd.pypi.simple.v1+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815 - the library looks for this name

        def log_message(self, format: str, *args: object) -> None:
            """Tests say what was asked themselves."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        index.url = f"http://127.0.0.1:{server.server_address[1]}/simple"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield index
        finally:
            server.shutdown()
            thread.join()
