"""What a stored encoding of one of Django's hashers asks for, before any of it is spent.

The column may come from a foreign database: whoever could write to that one must not be able to
choose for how long our processes compute.
"""

from __future__ import annotations

from math import prod
from typing import Any

from django.contrib.auth.hashers import get_hashers_by_algorithm

from identity_bridge.conf import get_settings

MAX_TIMES_OUR_OWN = 8
"""A stored argon2, scrypt or bcrypt hash may cost so many times what a new one costs."""

_FACTORS = {
    "argon2": ("time_cost", "memory_cost"),
    "scrypt": ("work_factor", "block_size", "parallelism"),
}


def is_affordable(encoded: str) -> bool:
    """Tell if verifying costs no more than it may; False too for what no hasher can read."""
    algorithm = encoded.partition("$")[0]
    hasher = get_hashers_by_algorithm().get(algorithm)
    if hasher is None:
        return True  # Django answers at once
    try:
        asked: dict[str, Any] = hasher.decode(encoded)
    except NotImplementedError:
        return True  # a hasher of the project's, which has no parameters to read
    except Exception:
        return False
    if "iterations" in asked:
        return int(asked["iterations"]) <= get_settings().MAX_PBKDF2_ITERATIONS
    if algorithm.startswith("bcrypt"):  # two to the power of it
        rounds: int = hasher.rounds  # type: ignore[attr-defined]
        return bool(2 ** (asked["work_factor"] - rounds) <= MAX_TIMES_OUR_OWN)
    names = _FACTORS.get(algorithm, ())
    own = prod(getattr(hasher, name) for name in names)
    return bool(prod(asked[name] for name in names) <= MAX_TIMES_OUR_OWN * own)
