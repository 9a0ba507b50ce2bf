"""What does a session buy in Python? The article's benchmark, with requests, httpx and aiohttp.

    python3 scenarios/python/article.py [--rtt 0,20] [--calls 20] [--rounds 5]
    python3 scenarios/python/article.py --url https://my.test.server/get --ca ca.pem

Each block sends --calls requests one after another: stateless, or in a session that is opened for the block. The arms
take turns in random order and back again. Connections and handshakes are counted by the fixture server's ledger; of
another server (--url) they are not known. Latency is from asking to the last byte, connecting and TLS included. Compare
with `sessionbench run stateless-vs-session --concurrency 1`. Exit codes: 0, 1 after errors, 2 for wrong usage.

Debian: apt-get install python3-requests python3-httpx python3-aiohttp. What is not installed is left out.
"""

import argparse
import asyncio
import importlib.util
import json
import math
import os
import random
import shutil
import ssl
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CLIENTS = ["requests", "httpx", "aiohttp"]
COLUMNS = ["arm", "req/s", "p50 ms", "p90 ms", "p99 ms", "max ms", "conns", "TLS full/resumed", "req/conn", "CPU µs/req", "errors"]


def make_arms(loop):
    """Arms by name: functions (url, ca, timed) that send one block, a request for each call of `timed`."""
    arms = {}
    if importlib.util.find_spec("requests"):
        import requests

        def requests_stateless(url, ca, timed):
            timed(lambda: requests.get(url, verify=ca or True).raise_for_status())

        def requests_session(url, ca, timed):
            with requests.Session() as session:
                timed(lambda: session.get(url, verify=ca or True).raise_for_status())

        arms |= {"requests.get": requests_stateless, "requests.Session": requests_session}
    if importlib.util.find_spec("httpx"):
        import httpx

        def httpx_stateless(url, ca, timed):
            timed(lambda: httpx.get(url, verify=ca or True).raise_for_status())

        def httpx_client(url, ca, timed):
            with httpx.Client(verify=ca or True) as client:
                timed(lambda: client.get(url).raise_for_status())

        arms |= {"httpx.get": httpx_stateless, "httpx.Client": httpx_client}
    if importlib.util.find_spec("aiohttp"):
        import aiohttp

        async def fetch(session, url):
            async with session.get(url, raise_for_status=True) as response:
                await response.read()

        def connect(ca):
            return aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=ca) if ca else None))

        async def fetch_alone(url, ca):
            async with connect(ca) as session:
                await fetch(session, url)

        def aiohttp_stateless(url, ca, timed):
            timed(lambda: loop.run_until_complete(fetch_alone(url, ca)))

        def aiohttp_session(url, ca, timed):
            async def opened():
                return connect(ca)

            session = loop.run_until_complete(opened())
            timed(lambda: loop.run_until_complete(fetch(session, url)))
            loop.run_until_complete(session.close())

        arms |= {"aiohttp, one per call": aiohttp_stateless, "aiohttp.ClientSession": aiohttp_session}
    return arms


def read_ledger(server, listener):
    """Connections and handshakes that the server has seen, or nothing when it is not ours."""
    if server is None:
        return None
    with urllib.request.urlopen(server["control"] + "/ledger") as response:
        counts = json.load(response)["listeners"][listener]
    return [counts[name] for name in ("connectionsAccepted", "handshakesFull", "handshakesResumed", "requests")]


def run_block(arm, url, ca, calls):
    """Latencies in ms, errors, seconds of wall clock and of CPU."""
    latencies, errors = [], []

    def timed(send):
        for _ in range(calls):
            start = time.perf_counter()
            try:
                send()
                latencies.append((time.perf_counter() - start) * 1_000)
            except Exception as error:  # whatever the client raises is a failed request
                errors.append(error)

    start, cpu = time.perf_counter(), time.process_time()
    arm(url, ca, timed)
    return latencies, errors, time.perf_counter() - start, time.process_time() - cpu


def measure(arms, url, ca, server, options):
    """Rounds of all arms, in random order and back; what each came to, by name."""
    shuffle = random.Random(options.seed).shuffle
    listener = "https" if url.startswith("https") else "http"
    totals = {name: {"latencies": [], "errors": [], "wall": 0, "cpu": 0, "counts": [0, 0, 0, 0]} for name in arms}
    for name, arm in arms.items():
        run_block(arm, url, ca, 2)  # warm-up: imports, caches, the server's first answers
    for _ in range(options.rounds):
        order = list(arms)
        shuffle(order)
        for name in order + order[::-1]:
            before = read_ledger(server, listener)
            latencies, errors, wall, cpu = run_block(arms[name], url, ca, options.calls)
            after = read_ledger(server, listener)
            total = totals[name]
            total["latencies"] += latencies
            total["errors"] += errors
            total["wall"] += wall
            total["cpu"] += cpu
            total["counts"] = server and [sum(each) for each in zip(total["counts"], (b - a for a, b in zip(before, after)))]
    return totals


def figure(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.{1 if value >= 10 else 2 if value >= 1 else 3}f}"


def render_row(name, total):
    ordered = sorted(total["latencies"])
    percentile = lambda share: figure(ordered[max(0, math.ceil(share * len(ordered)) - 1)]) if ordered else "–"
    count = len(ordered) + len(total["errors"])
    connections, full, resumed, requests = total["counts"] or [None] * 4
    return [
        *(name, figure(len(ordered) / total["wall"]), *map(percentile, (0.5, 0.9, 0.99, 1))),
        *(("–", "–", "–") if connections is None else (f"{connections:,}", f"{full:,}/{resumed:,}", figure(requests / max(connections, 1)))),
        *(figure(total["cpu"] * 1e6 / count), str(len(total["errors"]))),
    ]


def print_table(title, totals):
    rows = [COLUMNS, *(render_row(name, total) for name, total in totals.items())]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    print(title)
    for row in rows:
        print("  ".join(cell.rjust(width) if column else cell.ljust(width) for column, (cell, width) in enumerate(zip(row, widths))).rstrip())
    for name, total in totals.items():
        if total["errors"]:
            print(f"{name}: {len(total['errors'])} errors, the first: {total['errors'][0]!r}")
    print(flush=True)


def describe_bundle_cost():
    """The tables use the fixture's one certificate; with verify=True a stateless call reads all that the system trusts."""
    try:
        import requests

        bundle = requests.certs.where()
    except ImportError:
        bundle = ssl.get_default_verify_paths().cafile
    if not bundle or not Path(bundle).is_file():
        return "no bundle of certificate authorities was found: what loading one costs is not known here"
    times = []
    for _ in range(5):
        start = time.perf_counter()
        ssl.create_default_context(cafile=bundle)
        times.append((time.perf_counter() - start) * 1_000)
    return (
        f"With verify=True a stateless call loads the bundle of certificate authorities anew: {figure(statistics.median(times))} ms of CPU\n"
        "here. httpx does so even for http, so that is in its rows; in the https rows only the fixture's own certificate is\n"
        "loaded, and requests does not need it for http. A session loads it once."
    )


def start_server(rtts):
    node = ROOT / "node_modules/.bin/node"
    command = [str(node) if node.exists() else shutil.which("node") or "node", str(ROOT / "src/cli/sessionbench.mjs"), "serve", "--format", "json"]
    distant = [rtt for rtt in rtts if rtt != "0"]
    process = subprocess.Popen([*command, *(["--rtt", ",".join(distant)] if distant else [])], stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline()
    if not line:
        sys.exit("sessionbench serve did not start: run `npm ci` in the repository first")
    return process, json.loads(line)


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="a server of yours instead of the fixture server; load only what is yours")
    parser.add_argument("--ca", help="with --url: the certificate authority to trust, a PEM file")
    parser.add_argument("--rtt", default="0,20", help="round-trip times of the fixture server in ms (default: %(default)s)")
    parser.add_argument("--calls", type=int, default=10, help="requests of a block (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="two blocks of each arm per round (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the order of the arms (default: %(default)s)")
    options = parser.parse_args()
    rtts = options.rtt.split(",")
    if options.calls < 1 or options.rounds < 1 or not all(rtt.isdigit() for rtt in rtts):
        parser.error("expected --calls and --rounds of at least 1, and --rtt as whole milliseconds: 0,20")
    return options, [str(int(rtt)) for rtt in rtts]


def main():
    options, rtts = parse_options()
    os.environ["NO_PROXY"] = "*"
    loop = asyncio.new_event_loop()
    arms = make_arms(loop)
    missing = [name for name in CLIENTS if not importlib.util.find_spec(name)]
    if missing:
        print(f"left out, not installed: {', '.join(missing)} (Debian: apt-get install {' '.join('python3-' + name for name in missing)})\n")
    if not arms:
        sys.exit(2)
    process, server = (None, None) if options.url else start_server(rtts)
    try:
        if options.url:
            targets = {options.url: (options.url, options.ca)}
        else:
            named = [(protocol, rtt) for protocol in ("http", "https") for rtt in rtts]
            urls = [server[protocol if rtt == "0" else f"{protocol}, {rtt} ms RTT"] for protocol, rtt in named]
            targets = {f"{p}, {rtt} ms RTT": (url + "/get", server["caFile"] if p == "https" else None) for (p, rtt), url in zip(named, urls)}
        failed = False
        for title, (url, ca) in targets.items():
            totals = measure(arms, url, ca, server, options)
            print_table(title, totals)
            failed |= any(total["errors"] for total in totals.values())
        print(describe_bundle_cost())
        sys.exit(1 if failed else 0)
    finally:
        loop.close()
        if process:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    main()
