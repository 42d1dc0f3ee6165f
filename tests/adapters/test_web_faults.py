"""What bad servers on loopback come to: a value of the right kind, in time, within bounds."""

from __future__ import annotations

import asyncio
import gzip

import pytest
from asking import LIMIT_BYTES, failure, get, no_headers, web
from hypothesis import given, settings
from hypothesis import strategies as st
from origin import Origin, RawOrigin

from pipeline.model import FailureKind, NoResponse, Response


def ok(body: bytes, *lines: bytes) -> bytes:
    """Write a whole 200 with the header *lines*."""
    head = [b"HTTP/1.1 200 OK", b"Content-Length: %d" % len(body), *lines]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


PACKED = gzip.compress(bytes(range(256)) * 40, mtime=0)
BOMB = gzip.compress(b"\0" * 50_000_000)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
DRIPS: list[bytes | float] = [b"x", 0.1] * 99
FAULTS: dict[str, tuple[list[bytes | float], FailureKind]] = {
    "gzip cut": ([ok(PACKED[:-20], b"Content-Encoding: gzip")], "encoding"),
    "gzip damaged": ([ok(PACKED[:30] + b"xx" + PACKED[32:], b"Content-Encoding: gzip")], "encoding"),
    "coding unknown": ([ok(b"abc", b"Content-Encoding: rot13")], "encoding"),
    "gzip bomb": ([ok(BOMB, b"Content-Encoding: gzip")], "too-large"),
    "two codings": ([ok(gzip.compress(BOMB), b"Content-Encoding: gzip", b"Content-Encoding: gzip")], "too-large"),
    "length announced": ([b"HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n", 60], "too-large"),
    "endless chunks": ([CHUNKED, *[b"4000\r\n" + b"x" * 16_384 + b"\r\n"] * 20, 60], "too-large"),
    "body cut": ([b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"], "protocol"),
    "chunk cut": ([CHUNKED + b"10\r\nshort"], "protocol"),
    "chunk size bad": ([CHUNKED + b"zz\r\nshort\r\n0\r\n\r\n"], "protocol"),
    "no HTTP": ([b"SSH-2.0-OpenSSH_9.9\r\n\r\n"], "protocol"),
    "two lengths": ([b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"], "protocol"),
    "huge header": ([b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1_000_000 + b"\r\n\r\n"], "protocol"),
    "early replies only": ([b"HTTP/1.1 103 Early Hints\r\n\r\n" * 10_000, 60], "protocol"),
    "silence": ([60], "timeout"),
    "slow head": ([b"HTTP/1.1 200 OK\r\nX: ", *DRIPS], "timeout"),
    "slow body": ([b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", *DRIPS], "timeout"),
    "hung up": ([], "connection"),
}


@pytest.mark.parametrize(("pieces", "kind"), FAULTS.values(), ids=FAULTS.keys())
async def test_a_bad_answer_is_a_failure_of_its_kind(pieces: list[bytes | float], kind: FailureKind) -> None:
    """A body is whole or there is none: half a feed with its validators kept would lose the other half."""
    async with RawOrigin(*pieces) as origin:
        answer = await failure(origin.url(), timeout_seconds=0.5)

    assert answer.kind == kind
    assert answer.detail.isprintable()
    assert 0 < len(answer.detail) <= 200


REFUSED = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 9\r\n"
REFUSALS: dict[str, tuple[list[bytes | float], bytes]] = {
    "a page": ([REFUSED + b"Content-Length: 4\r\n\r\nwait"], b"wait"),
    "a long page": ([REFUSED + b"Content-Length: 40000\r\n\r\n" + b"x" * 40_000], b""),
    "a page that never ends": ([REFUSED + b"\r\n", *DRIPS], b""),
    "a page cut off": ([REFUSED + b"Content-Length: 40\r\n\r\nwait"], b""),
}


@pytest.mark.parametrize(("pieces", "page"), REFUSALS.values(), ids=REFUSALS.keys())
async def test_a_refusal_is_heard_whatever_stands_behind_it(pieces: list[bytes | float], page: bytes) -> None:
    """Its Retry-After counts even where its page is endless; the page only helps to say who refused."""
    async with RawOrigin(*pieces) as origin:
        answer = await get(origin.url(), timeout_seconds=5)

    assert isinstance(answer, Response)
    assert (answer.status, answer.header("retry-after"), answer.refusal) == (503, b"9", page)


HEADS = [
    b"",
    b"HTTP/1.1 200 OK\r\n",
    CHUNKED,
    ok(b"")[:-2] + b"Content-Encoding: gzip\r\n",
    b"HTTP/1.1 302 F\r\nLocation: ",
]


@settings(max_examples=60)
@given(st.sampled_from(HEADS), st.binary(max_size=300))
async def test_whatever_a_server_says_is_a_value(head: bytes, rest: bytes) -> None:
    """No bytes may stop the daemon: there is an answer for all of them, and in time."""
    async with RawOrigin(head + rest) as origin:
        answer = await get(origin.url(), timeout_seconds=1)

    assert isinstance(answer, (Response, NoResponse))


async def test_a_body_up_to_the_limit_is_taken() -> None:
    """The limit is what the setting says, to the byte."""
    async with Origin() as origin:
        origin.serve("/full", b"x" * LIMIT_BYTES)
        origin.serve("/over", b"x" * (LIMIT_BYTES + 1))

        assert isinstance(await get(origin.url("/full")), Response)
        assert (await failure(origin.url("/over"))).kind == "too-large"


async def test_the_time_limit_covers_all_hops_together() -> None:
    """Five slow redirects must not take five times as long as is allowed."""
    async with Origin() as origin:
        for number in range(5):
            origin.serve(f"/{number}", status=302, headers={"Location": f"/{number + 1}"}, delay_seconds=0.15)

        answer = await failure(origin.url("/0"), timeout_seconds=0.4)

    assert answer.kind == "timeout"


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://no-such-host.invalid/", "dns"),
        ("http://" + "x" * 70 + ".invalid/", "dns"),
        ("http://127.0.0.1:1024/", "connection"),
        ("http://127.0.0.1:22/", "forbidden-address"),
        ("http://[::1/", "protocol"),
        ("http://127.0.0.1:99999/", "protocol"),
        ("http://127.1/", "protocol"),
        ("http:///path", "protocol"),
        ("ftp://127.0.0.1/", "protocol"),
        ("nonsense", "protocol"),
        ("", "protocol"),
        ("//127.0.0.1/feed", "protocol"),
        ("127.0.0.1:1024/feed", "protocol"),
        ("http:feed", "protocol"),
    ],
)
async def test_an_address_that_cannot_be_asked_is_a_failure(url: str, kind: FailureKind) -> None:
    """Whatever stands in a feed list, the daemon goes on."""
    assert (await failure(url)).kind == kind


async def test_a_server_that_speaks_no_tls_is_a_tls_failure() -> None:
    """Told apart from a dead host: the operator can mend the address."""

    def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]

        assert (await failure(f"https://127.0.0.1:{port}/")).kind == "tls"


async def test_cancellation_passes_through() -> None:
    """Shutdown must not wait for slow hosts, nor count them as failed."""
    async with RawOrigin(60.0) as origin, web() as client:
        task = asyncio.create_task(client.get(origin.url(), no_headers))
        await origin.asked.wait()

        task.cancel()

        with pytest.raises(asyncio.CancelledError):
            await task
