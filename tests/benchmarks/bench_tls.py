"""What a poll over TLS costs beside the bare handshake and GET of the same client: CPU time of daemon and Valkey.

    python -m tests.benchmarks.bench_tls [POLLS]

As `bench_fetch.py`, but each request makes a connection of its own: a feed is asked again in minutes. The certificate
is made by `openssl` for this run, and is all that the run trusts.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from pipeline.adapters import log as logs
from pipeline.adapters.configuration import read_settings
from tests.benchmarks.bench_fetch import measured, origin
from tests.benchmarks.fetch_origin import HOSTS

_ROUND_POLLS = 500


def _made_certificate(folder: Path) -> Path:
    """A key and a certificate for all hosts of the origin, in one file."""
    key, certificate, both = folder / "key", folder / "certificate", folder / "both"
    names = ",".join(f"IP:{host}" for host in HOSTS)
    kind = ("-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")
    owner = ("-subj", "/CN=origin", "-addext", f"subjectAltName={names}")
    files = ("-keyout", str(key), "-out", str(certificate))
    subprocess.run(["openssl", "req", *kind, *owner, *files], check=True, capture_output=True)
    both.write_bytes(key.read_bytes() + certificate.read_bytes())
    return both


def _measure(certificate: str, polls: int) -> None:
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, origin(certificate) as port:
        logs.configure(replace(read_settings(None, {}).log, format="json"), nowhere)
        cost = measured(f"https:{port}", "", max(1, polls // _ROUND_POLLS), 304)
    whole = cost.daemon + cost.valkey
    sys.stdout.write(
        f"TLS, 304: handshake and GET {cost.bare * 1000:.3f} ms, newswire {whole * 1000:.3f} ms"
        f" ({cost.daemon * 1000:.3f} daemon + {cost.valkey * 1000:.3f} Valkey; {whole / cost.bare:.2f} times)\n"
    )


def main() -> None:
    """Make a certificate, and measure in a process that trusts it: clients read what they trust when loaded."""
    polls = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    if "SSL_CERT_FILE" in os.environ and len(sys.argv) > 2:
        _measure(sys.argv[2], polls)
        return
    with tempfile.TemporaryDirectory(prefix="nw-") as folder:
        certificate = str(_made_certificate(Path(folder)))
        command = [sys.executable, "-m", "tests.benchmarks.bench_tls", str(polls), certificate]
        subprocess.run(command, check=True, env={**os.environ, "SSL_CERT_FILE": certificate})


if __name__ == "__main__":
    main()
