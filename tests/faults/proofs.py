"""The ways to prove that the pipe survives a fault, and the honest fourth: that there is no proof."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """Proved here: the *scene* injects the fault into the running pipe and balances its books."""

    scene: str

    def __str__(self) -> str:
        """Say where."""
        return f"scene {self.scene}"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Proved elsewhere: each of the *names* is a test of this repository."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        """Name the tests."""
        return ", ".join(self.names)


@dataclass(frozen=True, slots=True)
class Soak:
    """Proved by a run that takes longer than the checks before a commit may: *command*, from the repository."""

    command: str

    def __str__(self) -> str:
        """Give the command."""
        return self.command


@dataclass(frozen=True, slots=True)
class NoProof:
    """Not proved: *why*."""

    why: str

    def __str__(self) -> str:
        """Say so."""
        return f"no proof: {self.why}"


Proof = Case | Elsewhere | Soak | NoProof


def elsewhere(*names: str) -> Elsewhere:
    """Name the tests that prove a row."""
    return Elsewhere(names)
