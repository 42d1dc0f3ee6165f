"""The Lua scripts' contracts: a call that does not fit a script's header never reaches Redis."""

from __future__ import annotations

from pathlib import Path

import pytest
import redis

from pipeline.adapters import scripts
from pipeline.errors import ScriptError

SCRIPTS = sorted(path.stem for path in (Path(scripts.__file__).parent / "lua").glob("*.lua"))


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_header_names_every_slot_of_its_script(name: str) -> None:
    """The header is the contract: a slot that the code uses and the header hides would be passed by luck."""
    script = scripts.load(name)

    body = script.text[script.text.index("local ") :] if "\nlocal " in script.text else script.text
    for position in range(1, len(script.keys) + 1):
        assert f"KEYS[{position}]" in body
    assert f"KEYS[{len(script.keys) + 1}]" not in script.text


@pytest.mark.parametrize(
    ("keys", "arguments", "tail"),
    [
        ({}, {"limit": 1, "lease_ms": 1}, ()),
        ({"backlog": "b", "surplus": "s"}, {"limit": 1, "lease_ms": 1}, ()),
        ({"backlog": "b"}, {"limit": 1}, ()),
        ({"backlog": "b"}, {"limit": 1, "lease_ms": 1}, ("more",)),
    ],
)
def test_a_call_against_the_contract_fails_before_redis_is_reached(
    keys: dict[str, str], arguments: dict[str, int], tail: tuple[str, ...]
) -> None:
    """A wrong key in a script's call would corrupt another feature's data."""
    nowhere = redis.Redis(port=1)

    with pytest.raises(ScriptError, match="dispatch_backlog"):
        scripts.call(nowhere, "dispatch_backlog", keys=keys, arguments=arguments, tail=tail)


def test_a_script_that_the_server_forgot_is_sent_again(redis_client: redis.Redis) -> None:
    """A restarted server knows no scripts; the first call after it must work."""
    keys, arguments = {"backlog": "{newswire}:backlog"}, {"limit": 1, "lease_ms": 1}
    redis_client.script_flush()

    assert scripts.call(redis_client, "dispatch_backlog", keys=keys, arguments=arguments) == []
    assert scripts.call(redis_client, "dispatch_backlog", keys=keys, arguments=arguments) == []
