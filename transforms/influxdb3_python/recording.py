"""Program text for probes: an HTTP endpoint that answers writes and pings as InfluxDB does, and keeps the lines."""

SERVER = """

import http.server
import threading

lines = []


class Recording(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        size = int(self.headers.get("content-length") or 0)
        lines.extend(self.rfile.read(size).decode().splitlines())
        self.send_response(204)
        self.send_header("content-length", "0")
        self.end_headers()

    def do_GET(self):
        self.send_response(204)
        self.send_header("x-influxdb-version", "2.7.1")
        self.end_headers()

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recording)
threading.Thread(target=server.serve_forever, daemon=True).start()
URL = f"http://127.0.0.1:{server.server_port}"
"""
"""Appended to an example: defines ``URL`` and ``lines``, the line protocol that came in."""
