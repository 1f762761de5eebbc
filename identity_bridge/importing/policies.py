"""What to do when the target already has what the source brings. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Policy = Literal["skip", "overwrite", "fail"]
POLICIES: tuple[Policy, ...] = ("skip", "overwrite", "fail")

DEFAULT_POLICIES: Mapping[str, Policy] = MappingProxyType(
    {
        "user_exists": "skip",
        "username_taken": "skip",
        "email_taken": "skip",
        "login_taken": "skip",
        "credential_taken": "skip",
        "role_exists": "overwrite",
        "changed_on_both_sides": "skip",
        "concurrent_change": "skip",
    }
)
"""Reasons of conflict and what happens by default.

- ``user_exists``: the target has a user of this Id that no import made. skip: it stays as it is.
- ``username_taken``: skip: the incoming account comes in without owning the name; overwrite: it
  gets the name and the account in the target loses it.
- ``email_taken``: only with USER_REQUIRE_UNIQUE_EMAIL. skip: the incoming account keeps the
  address but cannot be found by it; overwrite: the account in the target cannot.
- ``login_taken``, ``credential_taken``: skip: it stays with the user who has it.
- ``role_exists``: overwrite: the roles become one, with the claims of both; skip: the target's
  claims stay as they are, members join all the same.
- ``changed_on_both_sides``: skip: what Django has stays; overwrite: the source wins.
- ``concurrent_change``: somebody kept changing the user during three tries; skip or fail.

``fail`` ends the run with exit code 2; batches committed before stay.
"""


class UnknownPolicy(ValueError):
    """Not of the form REASON=skip|overwrite|fail."""


def parse_policies(given: list[str]) -> dict[str, Policy]:
    """Return the policies in force; ``given`` are options of the form REASON=POLICY.

    :raises UnknownPolicy: a reason or a policy that does not exist.
    """
    chosen: dict[str, Policy] = dict(DEFAULT_POLICIES)
    for text in given:
        reason, _equals, policy = text.partition("=")
        if reason not in DEFAULT_POLICIES:
            raise UnknownPolicy(
                f"No conflict is called {reason!r}. Known: {', '.join(DEFAULT_POLICIES)}."
            )
        if policy not in POLICIES:
            raise UnknownPolicy(f"{reason}={policy}: expected one of {', '.join(POLICIES)}.")
        chosen[reason] = policy
    return chosen
