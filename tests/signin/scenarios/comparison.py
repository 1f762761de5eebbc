"""What of a step differs from the recording, in words."""

from __future__ import annotations

from typing import Any

from identity_bridge.aspnet.claim_types import AMR, SECURITY_STAMP

from .markers import equal
from .rows import NUMBERED, Tables

NO_ANSWER = {"wait", "advance_clock", "forget_cookie", "make_authenticator"}


def differing_result(
    step: dict[str, Any], result: Any, args: dict[str, Any], after: Tables
) -> list[str]:
    expected = step.get("result")
    if expected is None or step["op"] in NO_ANSWER:
        return []
    if "exception" in expected:
        # A mirror refuses cleanly what .NET throws at.
        return [] if _is_refusal(result) else [f"answered {result}, .NET throws"]
    value = expected.get("value")
    if step["op"] == "cookie_request":
        return _differing_session(value, result["value"], after)
    if isinstance(value, dict) and "claims" in value and "value" in result:
        claims = _resolved(value["claims"], after)
        if _same_claims(claims, result["value"]["claims"], after):
            claims = result["value"]["claims"]
        expected = {"value": value | {"claims": claims}}
    if isinstance(value, dict) and value.get("failure") and result.get("value", {}).get("failure"):
        expected = {"value": value | {"failure": result["value"]["failure"]}}  # in our own words
    if equal(expected, result, args):
        return []
    return [f"answered {result}, expected {expected}"]


def _is_refusal(result: Any) -> bool:
    if "value" in result:
        return result["value"] in (None, False)
    return "refused" in result or not result["succeeded"]


def _differing_session(expected: Any, found: Any, after: Tables) -> list[str]:
    if expected["authenticated"] != found["authenticated"]:
        return [f"authenticated {found['authenticated']}, expected {expected['authenticated']}"]
    if not expected["authenticated"]:
        return []
    claims = _resolved(expected["claims"], after)
    if not any(claim["type"] == AMR for claim in claims):
        # .NET loses it when it renews the cookie; a Django session keeps it.
        found = found | {"claims": [c for c in found["claims"] if c["type"] != AMR]}
    if _same_claims(claims, found["claims"], after):
        return []
    return [f"claims {found['claims']}, expected {claims}"]


def _same_claims(expected: list[Any], found: list[Any], after: Tables) -> bool:
    """Compare in order up to the roles, which come in the order of the database."""
    stamps = {row["SecurityStamp"] for row in after["AspNetUsers"].values()}
    found = [
        claim | {"value": "{old security stamp}"}
        if claim["type"] == SECURITY_STAMP and claim["value"] not in stamps
        else claim
        for claim in found
    ]
    names = {row["Name"] for row in after["AspNetRoles"].values()}
    fixed = next((n for n, c in enumerate(expected) if c["value"] in names), len(expected))

    def text(claim: dict[str, str]) -> str:
        return f"{claim['type']} {claim['value']}"

    return expected[:fixed] == found[:fixed] and sorted(map(text, expected)) == sorted(
        map(text, found)
    )


def _resolved(claims: list[dict[str, str]], after: Tables) -> list[dict[str, str]]:
    """Fill in ``{current security stamp}`` of the user the claims are about."""
    stamp = None
    for row in after["AspNetUsers"].values():
        if row["Id"] == claims[0]["value"]:
            stamp = row["SecurityStamp"]
    return [
        claim | {"value": stamp} if claim["value"] == "{current security stamp}" else claim
        for claim in claims
    ]


def differing_changes(
    step: dict[str, Any], found: list[dict[str, Any]], args: dict[str, Any]
) -> list[str]:
    left = list(found)
    problems = []
    for expected in step.get("changes", []):
        match = next((one for one in left if _same_change(expected, one, args)), None)
        if match is None:
            problems.append(f"no change {expected}, but {left}")
        else:
            left.remove(match)
    return problems + [f"change {one} not expected" for one in left]


def _same_change(expected: dict[str, Any], found: dict[str, Any], args: dict[str, Any]) -> bool:
    if (expected["table"], expected["change"]) != (found["table"], found["change"]):
        return False
    numbered = expected["table"] in NUMBERED
    if "key" in expected and not numbered:
        wanted_key = list(expected["key"].values())
        if len(wanted_key) == 1:
            if not equal(wanted_key[0], found["key"][0], args):
                return False
        elif sorted(wanted_key) != sorted(found["key"]):
            return False
    if expected["change"] == "delete":
        return True
    ignored = {"Id"} if numbered else set()
    wanted = {k: v for k, v in expected["columns"].items() if k not in ignored}
    columns = {k: v for k, v in found["columns"].items() if k not in ignored}
    return wanted.keys() == columns.keys() and all(
        equal(wanted[name], columns[name], args) for name in wanted
    )


def differing_stamps(step: dict[str, Any], before: Tables, after: Tables) -> list[str]:
    problems = []
    ids = {f"{{id of {row['UserName']}}}": key for (key,), row in before["AspNetUsers"].items()}
    for name_or_key, expected in step.get("stamps", {}).items():
        key = ids.get(name_or_key, name_or_key)
        old, new = before["AspNetUsers"].get((key,)), after["AspNetUsers"].get((key,))
        if old is None or new is None:
            problems.append(f"user {key} is missing")
            continue
        for name, column in (("security", "SecurityStamp"), ("concurrency", "ConcurrencyStamp")):
            found = "unchanged" if old[column] == new[column] else "new"
            if found != expected[name]:
                problems.append(f"{name} stamp {found}, expected {expected[name]}")
    return problems
