"""Verifying a V2 or V3 hash against a bare ``hashlib.pbkdf2_hmac`` of the same parameters."""

from __future__ import annotations

import hashlib
import os
import statistics
import time
from collections.abc import Callable

from identity_bridge.aspnet.password_hash import Blob, Prf, Verdict, verify_hashed_password

PASSWORD = "Fjord-Birch9026!"
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "61"))


def main() -> None:
    print("Verify against a bare hashlib.pbkdf2_hmac, median of alternating runs")
    salt = bytes(range(16))
    for name, blob in (
        ("V2 SHA1/1000", _v2(salt)),
        ("V3 SHA256/10000", Blob.create(PASSWORD, prf=Prf.SHA256, iterations=10_000, salt=salt)),
        ("V3 SHA512/100000", Blob.create(PASSWORD, salt=salt)),
    ):
        text = blob.encode()
        algorithm, iterations, size = blob.prf.hashlib_name, blob.iterations, len(blob.subkey)

        def ours(text: str = text) -> None:
            assert verify_hashed_password(text, PASSWORD) is not Verdict.FAILED

        def bare(
            algorithm: str = algorithm, iterations: int = iterations, size: int = size
        ) -> None:
            hashlib.pbkdf2_hmac(algorithm, PASSWORD.encode(), salt, iterations, size)

        mine, theirs = _side_by_side(ours, bare, repeat=max(1, 20_000 // iterations))
        both = f"{mine * 1e3:8.3f} ms   bare {theirs * 1e3:8.3f} ms"
        print(f"  {name:18} {both}   ratio {mine / theirs:.3f}")


def _v2(salt: bytes) -> Blob:
    import base64

    subkey = hashlib.pbkdf2_hmac("sha1", PASSWORD.encode(), salt, 1000, 32)
    return Blob.parse(base64.b64encode(b"\0" + salt + subkey).decode())


def _side_by_side(
    one: Callable[[], None], other: Callable[[], None], *, repeat: int
) -> tuple[float, float]:
    """Return the median seconds of each, run in turns so that a busy machine slows both."""
    times: tuple[list[float], list[float]] = ([], [])
    for _round in range(ROUNDS):
        for job, kept in ((one, times[0]), (other, times[1])):
            began = time.perf_counter()
            for _again in range(repeat):
                job()
            kept.append((time.perf_counter() - began) / repeat)
    return statistics.median(times[0]), statistics.median(times[1])
