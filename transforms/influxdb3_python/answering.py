"""Program text for probes: a Flight endpoint that answers every query with one row, as InfluxDB 3 does."""

FLIGHT = """

import threading

import pyarrow
import pyarrow.flight


class Answering(pyarrow.flight.FlightServerBase):
    def do_get(self, context, ticket):
        return pyarrow.flight.RecordBatchStream(pyarrow.table({"room": ["a"], "temp": [21.5]}))


def answering(*credentials):
    scheme = "grpc+tls" if credentials else "grpc"
    server = Answering(f"{scheme}://127.0.0.1:0", tls_certificates=list(credentials))
    threading.Thread(target=server.serve, daemon=True).start()
    return server.port
"""
"""Appended to an example: ``answering()`` starts a plain endpoint and gives its port."""

SELF_SIGNED = (
    FLIGHT
    + """

import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


def self_signed():
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    begin = datetime.datetime(2024, 1, 1)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, begin, begin + datetime.timedelta(days=36500))
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return made.sign(key, hashes.SHA256()).public_bytes(pem), key.private_bytes(pem, *plain)
"""
)
"""The same, and a certificate for ``answering(self_signed())`` that nobody vouches for."""

SIGNING = ("cryptography==43.0.3",)
"""What that needs."""
