"""Decides how far counts in bins are believed: few entries give the profile that was expected, many their own."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, lgamma

STRENGTHS = (3.0, 15.0, 75.0, 375.0, 1875.0)
"""Entries that the expected profile may be worth; which of them it is, the counts themselves say."""


def shrunk(counts: Sequence[float], expected: Sequence[float]) -> list[float]:
    """Return the profile (mean 1) that *counts* show, drawn towards *expected* (mean 1, every value above 0).

    The mean of a Dirichlet distribution with *expected* as its prior, averaged over `STRENGTHS` in proportion to
    their marginal likelihood (the Dirichlet-multinomial: Minka, "Estimating a Dirichlet distribution", 2000).
    """
    total = sum(counts)
    if total <= 0:
        return list(expected)
    bins = len(counts)
    met = [(count, share / bins) for count, share in zip(counts, expected, strict=True) if count > 0]
    likelihoods = [_log_likelihood(met, total, strength) for strength in STRENGTHS]
    best = max(likelihoods)
    weights = [exp(likelihood - best) for likelihood in likelihoods]
    whole = sum(weights)
    pairs = list(zip(weights, STRENGTHS, strict=True))
    own = sum(weight / (strength + total) for weight, strength in pairs) / whole
    lent = sum(weight * strength / (strength + total) for weight, strength in pairs) / whole
    return [bins * own * count + lent * share for count, share in zip(counts, expected, strict=True)]


def _log_likelihood(met: Sequence[tuple[float, float]], total: float, strength: float) -> float:
    """Return the log of the chance of the counts *met* in their bins, if the profile is worth *strength* entries."""
    chance = lgamma(strength) - lgamma(strength + total)
    for count, share in met:
        worth = strength * share
        chance += lgamma(worth + count) - lgamma(worth)
    return chance
