"""httpx over both protocols, and a plain socket that closes its side: long headers, long and slow bodies, packed bodies and answers, half-closed connections."""

import gzip
import os
import re
import socket
import time
from urllib.parse import urlsplit

import httpx

URL = os.environ["PLATFORM_URL"]
LOGIN = "/my/logins/direct"
CREATE_CUSTOMER = "/obp.customers.v1.CustomerService/CreateCustomer"
DOCUMENT = "/obp/v5.1.0/resource-docs/v5.1.0/openapi"

for protocol in ({"http1": True}, {"http1": False, "http2": True}):
    with httpx.Client(base_url=URL, timeout=30, **protocol) as client:
        headers = {"Content-Type": "application/json"}
        for _ in range(2):
            assert client.get("/livez", headers={"X-Long": "x" * 60_000}).status_code == 431
        for megabytes in (2, 10):
            body = b" " * (megabytes * 1_000_000)
            for content in (body, iter([body[:65_536]] * (len(body) // 65_536))):
                refused = client.post("/obp/v5.1.0/banks", content=content, headers=headers)
                assert (refused.status_code, refused.json()["code"]) == (413, 413), refused
        for megabytes in (1.1, 5):
            body = b" " * int(megabytes * 1_000_000)
            for kind, status in (("json", 429), ("proto", 429), ("grpc-web", 200), ("xml", 415)):
                whole = b"\0" + len(body).to_bytes(4, "big") + body if kind == "grpc-web" else body
                for content in (whole, iter([whole])):
                    refused = client.post(CREATE_CUSTOMER, content=content, headers={"Content-Type": f"application/{kind}"})
                    assert refused.status_code == status and re.search(b"resource_exhausted|grpc-status: 8|invalid_argument", refused.content), refused
        packed = {**headers, "Content-Encoding": "gzip"}
        assert client.post("/no/such", content=gzip.compress(b"{}"), headers=packed).status_code == 404
        broken = client.post("/no/such", content=gzip.compress(b"{"), headers=packed)
        assert broken.status_code == 400 and broken.json()["message"].startswith("OBP-10001"), broken
        document = client.get(DOCUMENT)
        assert document.headers["content-encoding"] == "gzip" and document.json()["openapi"], document.headers
        assert client.head("/readyz").status_code == 200


def unhurried():
    """A body that has not come whole when its request is refused."""
    yield b"{"
    time.sleep(1)
    yield b"}"


with httpx.Client(base_url=URL, timeout=30, http1=False, http2=True) as client:
    for kind in ("json", "proto"):
        refused = client.post("/obp.none.v1.NoService/NoMethod", content=unhurried(), headers={"Content-Type": f"application/{kind}"})
        assert (refused.status_code, refused.json()["code"]) == (501, "unimplemented"), refused
        refused = client.post("/obp.none.v1.NoService/NoMethod", content=unhurried(), headers={"Content-Type": f"application/connect+{kind}"})
        assert (refused.status_code, b'"unimplemented"' in refused.content) == (200, True), refused


def half_closed(request):
    """All that a server says to a client that closes its side at once."""
    address = urlsplit(URL)
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


assert half_closed(b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n").endswith(b'{"status":"live"}')
assert b" 400 " in half_closed(b"POST " + LOGIN.encode() + b" HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
print("httpx and a socket: long headers, long and slow bodies, packed bodies and answers, half-closed connections")
