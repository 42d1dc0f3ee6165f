"""The fault ledger: each fault of the list is injected into the real pipe, or names the test that does so.

`pytest tests/faults` prints the table of all rows. The scenes run side by side, most of their time being waits.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from faults import answers, clocks, connections, deaths, forgetful, freezes, poison, readers, stores, surroundings
from faults.outcomes import BOOK, Outcome
from faults.proofs import Case, Elsewhere, NoProof, Soak
from faults.rows import FAULTS, Fault

pytestmark = pytest.mark.flow

_TESTS = Path(__file__).resolve().parents[1]
_SCENES = {
    "deaths": deaths.run,
    "freezes": freezes.run,
    "connections": connections.run,
    "stores": stores.run,
    "forgetful": forgetful.run,
    "clocks": clocks.run,
    "surroundings": surroundings.run,
    "poison": poison.run,
    "answers": answers.run,
    "readers": readers.run,
}
_SCENES_AT_ONCE = 4
_BUSY_FACTOR = 3
"""The stated seconds hold for a machine that does nothing else; here the scenes run side by side on two cores."""
_CASES = [fault for fault in FAULTS if isinstance(fault.proof, Case)]
_OTHERS = [fault for fault in FAULTS if not isinstance(fault.proof, Case)]

Scenes = Mapping[str, Future[None]]


@pytest.fixture(scope="session")
def scenes(request: pytest.FixtureRequest) -> Iterator[Scenes]:
    """Start the scenes that the chosen tests need, and give what becomes of each."""
    asked_for = [item.callspec.params for item in request.session.items if hasattr(item, "callspec")]
    proofs = {params["fault"].proof for params in asked_for if isinstance(params.get("fault"), Fault)}
    named = {params["scene"] for params in asked_for if "scene" in params}
    wanted = [name for name in _SCENES if name in named or Case(name) in proofs]
    with ThreadPoolExecutor(_SCENES_AT_ONCE) as pool:
        yield {name: pool.submit(_SCENES[name]) for name in wanted}


def outcome_of(fault: Fault, scenes: Scenes) -> Outcome:
    """Wait for the scene of *fault*, and give what became of it; raises what ended the scene before."""
    assert isinstance(fault.proof, Case)
    error = scenes[fault.proof.scene].exception()
    outcome = BOOK.outcomes.get(fault.number)
    if outcome is None:
        raise AssertionError(f"scene {fault.proof.scene} did not come to fault {fault.number}") from error
    return outcome


@pytest.mark.parametrize("fault", _CASES, ids=[str(fault.number) for fault in _CASES])
def test_a_fault_loses_and_repeats_nothing(fault: Fault, scenes: Scenes) -> None:
    """The promise of the whole: each article stands on the stream once, and service is back in the stated time."""
    outcome = outcome_of(fault, scenes)

    assert outcome.injected >= 1
    assert (outcome.lost, outcome.repeated, outcome.wrong) == (0, 0, 0)
    assert fault.within_seconds is None or outcome.recovery_seconds <= _BUSY_FACTOR * fault.within_seconds


@pytest.mark.parametrize("scene", _SCENES)
def test_a_scene_of_faults_is_played_to_its_end(scene: str, scenes: Scenes) -> None:
    """What a scene asks for after its last fault was balanced is asked for as well."""
    error = scenes[scene].exception()

    assert error is None, repr(error)


@pytest.mark.parametrize("fault", _OTHERS, ids=[str(fault.number) for fault in _OTHERS])
def test_a_fault_that_is_proved_elsewhere_names_its_proof(fault: Fault) -> None:
    """A row must not rest on a test that was renamed or removed since."""
    match fault.proof:
        case Elsewhere(names):
            assert set(names) <= names_of_tests()
        case Soak(command):
            assert (_TESTS.parent / command.split()[1]).exists()
        case NoProof(why):
            assert why


def test_the_list_of_faults_is_whole() -> None:
    """A fault that is not on the list is not looked at."""
    assert [fault.number for fault in FAULTS] == list(range(1, 54))
    assert {fault.proof.scene for fault in _CASES if isinstance(fault.proof, Case)} == set(_SCENES)


def names_of_tests() -> set[str]:
    """The names of all tests of this repository."""
    return {
        node.name
        for path in _TESTS.rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    }
