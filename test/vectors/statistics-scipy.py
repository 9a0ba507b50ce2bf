"""Makes statistics-scipy.json: test vectors from scipy and from plain enumeration, none of it our own code.

Debian: apt-get install python3-scipy; then, from the repository:
/usr/bin/python3 test/vectors/statistics-scipy.py && npx biome format --write test/vectors
"""
import itertools
import json
import pathlib

import numpy as np
import scipy
from scipy import stats

rng = np.random.default_rng(20261122)


def untied(n, shift=0.0, scale=0.05):
    """Values without ties among themselves, their sizes, or zeros."""
    return [round(float(v), 12) for v in rng.normal(shift, scale, n) + rng.standard_t(3, n) * scale]


def signed_rank():
    cases = []
    for n in list(range(1, 26)) + [30, 32, 40, 48, 50]:
        d = untied(n, shift=0.04)
        result = stats.wilcoxon(d, mode="exact")
        positive = float(sum(r for r, v in zip(stats.rankdata(np.abs(d)), d) if v > 0))
        cases.append({"differences": d, "statistic": positive, "pValue": float(result.pvalue)})
    return cases


def signed_rank_with_ties():
    """Pratt's ranks; the p-value by enumerating every pattern of signs."""
    cases = []
    for n in [2, 3, 5, 6, 8, 10, 12, 14]:
        for coarse in [1.0, 0.5]:
            d = [float(v) for v in np.round(rng.normal(0.6, 1.2, n) / coarse) * coarse]
            ranks = stats.rankdata(np.abs(d))
            kept = [r for r, v in zip(ranks, d) if v != 0]
            t = float(sum(r for r, v in zip(ranks, d) if v > 0))
            sums = [sum(r for r, s in zip(kept, signs) if s) for signs in itertools.product([0, 1], repeat=len(kept))]
            low = sum(s <= t + 1e-9 for s in sums) / len(sums)
            high = sum(s >= t - 1e-9 for s in sums) / len(sums)
            cases.append({"differences": d, "statistic": t, "pValue": min(1.0, 2 * min(low, high))})
    return cases


def signed_rank_intervals():
    """The shifts that scipy's exact test does not reject, found by testing between all neighbouring Walsh averages."""
    cases = []
    for n in [6, 7, 8, 10, 13, 16, 24, 32]:
        for confidence in [0.95, 0.9875]:
            d = np.array(untied(n, shift=0.02))
            walsh = np.sort([(d[i] + d[j]) / 2 for i in range(n) for j in range(i, n)])
            between = np.concatenate([[walsh[0] - 1], (walsh[1:] + walsh[:-1]) / 2, [walsh[-1] + 1]])
            kept = [stats.wilcoxon(d - shift, mode="exact").pvalue > 1 - confidence for shift in between]
            if kept[0]:
                interval = None
            else:
                first = kept.index(True)
                last = len(kept) - 1 - kept[::-1].index(True)
                interval = [float(walsh[first - 1]), float(walsh[last])]
            cases.append({"differences": d.tolist(), "confidence": confidence, "interval": interval,
                          "pseudoMedian": float(np.median(walsh))})
    return cases


def rank_sum():
    cases = []
    for m, n in [(1, 1), (2, 3), (4, 4), (5, 9), (8, 8), (12, 7), (16, 16), (24, 30), (40, 40)]:
        x, y = untied(m), untied(n, shift=0.05)
        result = stats.mannwhitneyu(y, x, method="exact")
        cases.append({"x": x, "y": y, "statistic": float(result.statistic), "pValue": float(result.pvalue),
                      "shift": float(np.median([b - a for a in x for b in y]))})
    return cases


def rank_sum_with_ties():
    cases = []
    for m, n in [(3, 3), (4, 5), (6, 6), (7, 5), (8, 8)]:
        x = [float(v) for v in np.round(rng.normal(0, 1.5, m))]
        y = [float(v) for v in np.round(rng.normal(1, 1.5, n))]
        ranks = stats.rankdata(x + y)
        observed = sum(ranks[m:])
        sums = [sum(ranks[list(chosen)]) for chosen in itertools.combinations(range(m + n), n)]
        low = sum(s <= observed + 1e-9 for s in sums) / len(sums)
        high = sum(s >= observed - 1e-9 for s in sums) / len(sums)
        cases.append({"x": x, "y": y, "statistic": float(observed - n * (n + 1) / 2),
                      "pValue": min(1.0, 2 * min(low, high))})
    return cases


def trend():
    cases = []
    for n in [2, 3, 5, 8, 10, 16, 25, 40, 50]:
        values = [round(float(v), 12) for v in rng.normal(0, 1, n) + 0.05 * np.arange(n)]
        result = stats.kendalltau(np.arange(n), values, method="exact")
        slope = stats.theilslopes(values, np.arange(n))[0]
        cases.append({"values": values, "pValue": float(result.pvalue), "slopePerStep": float(slope)})
    return cases


def bootstrap():
    """Every one of the n^n resamples once, so that no random numbers are involved; the interval is scipy's."""
    cases = []
    for n in [3, 4, 5]:
        data = np.array(untied(n, scale=1.0))
        draws = np.array([data[list(chosen)].mean() for chosen in itertools.product(range(n), repeat=n)])
        intervals = {}
        for method in ["percentile", "BCa"]:
            given = stats._resampling.BootstrapResult(confidence_interval=None, bootstrap_distribution=draws, standard_error=0)
            result = stats.bootstrap((data,), np.mean, n_resamples=0, bootstrap_result=given, method=method,
                                     confidence_level=0.9, vectorized=False)
            intervals[method.lower()] = [float(v) for v in result.confidence_interval]
        cases.append({"values": data.tolist(), "confidence": 0.9, **intervals})
    return cases


def normal():
    z = [-37.0, -20.0, -8.3, -5.0, -3.1, -3.0, -2.9, -1.0, -1e-9, 0.0, 0.3, 1.959963984540054, 2.99, 3.01, 6.0]
    p = [1e-300, 1e-20, 1e-6, 0.00625, 0.02275, 0.3, 0.5, 0.6, 0.975, 0.99999]
    return {"cdf": [[v, float(stats.norm.cdf(v))] for v in z], "quantile": [[v, float(stats.norm.ppf(v))] for v in p]}


def binomial():
    cases = [(4, 8, 0.5), (1, 8, 0.5), (7, 8, 0.5), (20, 64, 0.5), (12, 16, 0.5), (35, 60, 1 / 3)]
    return [{"times": k, "trials": n, "chance": p, "pValue": float(stats.binomtest(k, n, p).pvalue)} for k, n, p in cases]


def student():
    """Values at given t: scipy 1.10 inverts its distribution to 1e-9 only."""
    cases = [(0.5, 1), (12.0, 1), (0.1, 2), (2.0, 2), (3.0, 5), (2.5, 7), (4.0, 15), (1.0, 16), (2.7, 30), (2.0, 63)]
    return [{"t": t, "degrees": n, "central": float(1 - 2 * stats.t.sf(t, n))} for t, n in cases]


def quantiles():
    values = untied(11)
    return {"values": values, "quantiles": [[q, float(np.quantile(values, q))] for q in [0, 0.025, 0.3, 0.5, 0.99, 1]]}


vectors = {
    "source": f"scipy {scipy.__version__}, numpy {np.__version__}, by test/vectors/statistics-scipy.py",
    "signedRank": signed_rank(),
    "signedRankWithTies": signed_rank_with_ties(),
    "signedRankIntervals": signed_rank_intervals(),
    "rankSum": rank_sum(),
    "rankSumWithTies": rank_sum_with_ties(),
    "trend": trend(),
    "bootstrap": bootstrap(),
    "normal": normal(),
    "binomial": binomial(),
    "student": student(),
    "quantiles": quantiles(),
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(vectors, indent=1) + "\n")
