"""TLS as real servers on loopback do it wrong: each is a failure of its feed, and nothing is asked in plain text."""

from __future__ import annotations

import asyncio
import json
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from documents import Item, rss
from system import running_system

pytestmark = [
    pytest.mark.flow,
    pytest.mark.skipif(shutil.which("openssl") is None, reason="certificates are made with openssl"),
]

SAID = {
    "good": "",
    "self": "self-signed certificate",
    "expired": "certificate has expired",
    "elsewhere": "IP address mismatch",
}
"""What is said of a feed by the certificate of its server; nothing of one that is in order."""
_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def openssl(folder: Path, *words: str) -> None:
    """Run openssl in *folder*."""
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with an authority and what it signed: `good`, `expired`, `elsewhere`; `self` signed itself."""
    folder = tmp_path_factory.mktemp("tls")
    openssl(folder, "req", "-x509", *_KEY, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=ca", "-days", "9")
    for name, host, days in (
        ("good", "127.0.0.1", "9"),
        ("expired", "127.0.0.1", "0"),
        ("elsewhere", "127.0.0.9", "9"),
    ):
        (folder / f"{name}.ext").write_text(f"subjectAltName=IP:{host}", "ascii")
        openssl(folder, "req", *_KEY, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        signed_by = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", f"{name}.ext")
        openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-out", f"{name}.pem", "-days", days, *signed_by)
    own = ("-subj", "/CN=self", "-addext", "subjectAltName=IP:127.0.0.1")
    openssl(folder, "req", "-x509", *_KEY, "-keyout", "self.key", "-out", "self.pem", "-days", "9", *own)
    return folder


@asynccontextmanager
async def serving(certificates: Path, name: str, requests: list[str]) -> AsyncIterator[str]:
    """Serve a feed with the certificate *name*; whoever gets so far as to ask is noted in *requests*."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / f"{name}.pem", certificates / f"{name}.key")
    body = rss([Item(name, f"News of {name}")])

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        requests.append(name)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def test_a_certificate_that_proves_nothing_costs_its_feed_alone(
    certificates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever sits on the line must not write the news; the operator learns what is wrong with which feed."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates / "ca.pem"))
    requests: list[str] = []
    async with AsyncExitStack() as stack:
        urls = {name: await stack.enter_async_context(serving(certificates, name, requests)) for name in SAID}
        with running_system() as system:
            polled = await asyncio.to_thread(system.run, "poll", *urls.values())

    assert [json.loads(line)["title"] for line in polled.stdout.splitlines()] == ["News of good"]
    assert polled.code == 1
    for name, said in SAID.items():
        lines = [line for line in polled.messages if urls[name] in line]
        assert [said in line for line in lines] == ([True] if said else []), polled.stderr
    assert requests == ["good"], "nobody else was asked anything"
