"""No feed, link, redirect or name makes us ask an address that is not public: tried where nothing can get out.

Every case runs in a network namespace of its own with nothing but `lo`, on which all addresses of the world are
canaries. Where namespaces are not permitted nothing is tried: on an open machine a fault would ask real neighbours.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest
from namespace.island_runs import HERE, PATH, on_island


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_nothing_that_is_not_public_is_reached(loop: str) -> None:
    """Literals in all spellings, v4 inside v6, names, rebinding, redirects, ports, proxies: no connection at all."""
    report = on_island("island.py", loop)

    assert report["controls"] == ["Response"] * 4, "what is public is reached, also beside addresses that are not"
    assert report["rebinds"] >= 6
    assert report["asked"] > 400
    assert report["canaries"] == []
    assert report["answered"] == []
    assert all("could not be looked at" in problem for problem in report["explored"])


def test_the_canaries_sing_when_the_guard_is_off() -> None:
    """A test that finds nothing must be shown to be able to find something."""
    assert on_island("island.py", "unguarded")["canaries"] == [
        "10.0.0.1 port 80",
        "10.9.9.9 port 80",
        "169.254.169.254 port 80",
        "192.168.1.1 port 8080",
        "fd00::1 port 80",
    ]


def test_the_island_is_none_where_there_are_other_interfaces() -> None:
    """On the open machine the program must refuse before it asks anybody."""
    if [name for _, name in socket.if_nameindex()] == ["lo"]:
        pytest.skip("this machine has no other interface than lo")
    done = subprocess.run(
        [sys.executable, str(HERE / "island.py"), "unguarded"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": PATH},
    )

    assert (done.returncode, done.stderr.strip()) == (1, "this is no island: there are other interfaces than lo")
