"""Decides how far counts in bins are believed: few entries give the profile that was expected, many their own."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, lgamma
from operator import add

STRENGTHS = (4.0, 32.0, 256.0, 2048.0)
"""Entries that the expected profile may be worth; which of them it is, the counts themselves say."""
_NEGLIGIBLE = 1e-3  # a share of the likelihood that no poll could feel


def shrunk(counts: Sequence[float], expected: Sequence[float], watched: Sequence[float] | None = None) -> list[float]:
    """Return the profile that *counts* show, drawn towards *expected* (mean 1, every value above 0).

    *watched* (mean 1) is how much each bin was looked at, alike if left out: what was never looked at stays as
    expected. The mean of a gamma distribution with *expected* as its prior, averaged over `STRENGTHS` in proportion
    to their marginal likelihood (the Dirichlet-multinomial: Minka, "Estimating a Dirichlet distribution", 2000). The
    mean of the profile, weighted by *watched*, is about 1.
    """
    total = sum(counts)
    if total <= 0:
        return list(expected)
    bins = len(counts)
    # An entry is proof that its hour was watched, whatever is known of the watch.
    watched = [max(seen, 1.0) if count else seen for count, seen in zip(counts, watched or [1.0] * bins, strict=True)]
    met_counts = [count for count in counts if count > 0]
    met_shares = [
        share * seen / bins for count, share, seen in zip(counts, expected, watched, strict=True) if count > 0
    ]
    likelihoods = [_log_likelihood(met_counts, met_shares, total, strength) for strength in STRENGTHS]
    best = max(likelihoods)
    weights = [exp(likelihood - best) for likelihood in likelihoods]
    whole = sum(weights)
    profile = [0.0] * bins
    for weight, strength in zip(weights, STRENGTHS, strict=True):
        part = weight / whole
        if part < _NEGLIGIBLE:
            continue
        profile = [
            so_far + part * (strength * share + bins * count) / (strength + total * seen)
            for so_far, count, share, seen in zip(profile, counts, expected, watched, strict=True)
        ]
    return profile


def _log_likelihood(counts: Sequence[float], shares: Sequence[float], total: float, strength: float) -> float:
    """Return the log of the chance of *counts* in bins of *shares*, if the profile is worth *strength* entries."""
    worths = [strength * share for share in shares]
    chance = lgamma(strength) - lgamma(strength + total)
    return chance + sum(map(lgamma, map(add, worths, counts))) - sum(map(lgamma, worths))
