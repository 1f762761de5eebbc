"""Every registration and assertion that .NET judged is judged alike, or listed as different."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import RequestFactory

from identity_bridge.aspnet import passkey_data
from identity_bridge.models import UserPasskey
from identity_bridge.passkeys import options
from identity_bridge.passkeys.ceremony import Operation
from identity_bridge.passkeys.errors import PasskeyRefused
from identity_bridge.passkeys.reading import from_base64url
from identity_bridge.signin import clock, passkey_ceremonies, passkeys

from .vectors import listed, parameters, passkey, state_of, vectors

pytestmark = pytest.mark.contract

EMPTY: dict[str, Any] = {}


def request_of(record: dict[str, Any], operation: Operation, state: str | None, client: Any) -> Any:
    """Return the request as it was recorded, in a session with the recorded state."""
    host: dict[str, Any] = {"HTTP_HOST": record["host_header"]}
    if record["origin_headers"]:
        host["HTTP_ORIGIN"] = ",".join(record["origin_headers"])  # as a WSGI server joins them
    request: Any = RequestFactory().post("/", **host)
    request.session = client.session
    known = state_of(state)
    if known is not None:
        pending = known | {"operation": str(operation), "at": clock.now()}
        request.session[passkey_ceremonies.SESSION_KEY] = [pending]
    return request


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    cache.clear()


def use(record: dict[str, Any], settings: Any) -> None:
    given = record["options"]
    settings.IDENTITY_BRIDGE = {
        "PASSKEY_SERVER_DOMAIN": given["server_domain"],
        # None has no other effect than "preferred", which browsers take it for.
        "PASSKEY_USER_VERIFICATION": given["user_verification"] or "preferred",
    }


@pytest.fixture
def users(db: None) -> dict[str, Any]:
    """The users of the vectors with their passkeys, stored as .NET stores them."""
    model = get_user_model()
    made = {}
    for vector in vectors()["passkeys"]:
        name = vector["user_id"]
        if name not in made:
            made[name] = model._default_manager.create(pk=name, username=f"user-{name}")
        UserPasskey.objects.create(
            credential_id=from_base64url(vector["stored"]["credential_id"]),
            user=made[name],
            data=passkey_data.parse(vector["data_json_stj"]),
        )
    return made


def judge(kind: str, category: str, expected: bool, outcome: str | None) -> None:
    same = expected == (outcome is None)
    if category in listed(kind):
        assert not same, f"{category} is listed in differences.md but does not differ"
    else:
        assert same, f"{category}: .NET answers {expected}, ours {outcome or 'accepts'}"


@pytest.mark.parametrize("record", parameters("registrations"))
def test_a_registration_is_judged_as_by_dotnet(
    record: dict[str, Any], users: dict[str, Any], client: Any, settings: Any, monkeypatch: Any
) -> None:
    use(record, settings)
    category = record["category"]
    state = record["attestation_state"]
    user = get_user_model()._default_manager.find_by_id((state_of(state) or EMPTY).get("user", ""))
    if "already_registered" not in category:
        UserPasskey.objects.all().delete()
    if record["options"]["allowed_algorithms"]:
        verify = passkeys.verify_registration
        monkeypatch.setattr(
            passkeys,
            "verify_registration",
            lambda **given: verify(
                **given, expected_algorithms=record["options"]["allowed_algorithms"]
            ),
        )
    operation = Operation.SIGN_IN if category == "state/assertion_state" else Operation.REGISTRATION
    request = request_of(record, operation, state, client)
    outcome, made = None, None
    try:
        made = passkeys.perform_attestation(
            request=request,
            user=user or next(iter(users.values())),
            credential_json=record["credential_json"],
        )
    except PasskeyRefused as refusal:
        outcome = str(refusal)
    judge("registration", category, record["succeeded"], outcome)
    if made is not None and record["passkey"]:
        expected = record["passkey"]
        assert made.credential_id == from_base64url(expected["credential_id"])
        assert made.public_key == from_base64url(expected["public_key_cose"])
        assert made.attestation_object == from_base64url(expected["attestation_object"])
        assert made.client_data_json == from_base64url(expected["client_data_json"])
        transports = None if made.transports is None else list(made.transports)
        assert transports == expected["transports"]
        for name in ("sign_count", "is_user_verified", "is_backup_eligible", "is_backed_up"):
            assert getattr(made, name) == expected[name], name


@pytest.mark.parametrize("record", parameters("assertions"))
def test_an_assertion_is_judged_as_by_dotnet(
    record: dict[str, Any], users: dict[str, Any], client: Any, settings: Any
) -> None:
    use(record, settings)
    category = record["category"]
    stored = UserPasskey.objects.get(
        credential_id=from_base64url(passkey(record["passkey"])["stored"]["credential_id"])
    )
    stored.data = replace(stored.data, **record["stored_before"])
    stored.save()
    if category == "state/deleted_user":
        get_user_model()._default_manager.all().delete()
    is_other = category == "state/attestation_state"
    operation = Operation.REGISTRATION if is_other else Operation.SIGN_IN
    request = request_of(record, operation, record["assertion_state"], client)
    outcome, found = None, None
    try:
        found = passkeys.perform_assertion(
            request=request, credential_json=record["credential_json"]
        )
    except PasskeyRefused as refusal:
        outcome = str(refusal)
    judge("assertion", category, record["succeeded"], outcome)
    if found is not None and record["after"]:
        assert found.user.pk == record["user_id"]
        for name, value in record["after"].items():
            assert getattr(found.passkey, name) == value, name


@pytest.mark.parametrize("kind", ["registration", "assertion"])
def test_every_listed_record_exists(kind: str) -> None:
    known = {record["category"] for record in vectors()[f"{kind}s"]}
    assert set(listed(kind)) <= known


def ordered(value: Any) -> Any:
    """Return JSON so that the order of its members is compared too."""
    if isinstance(value, dict):
        return [(name, ordered(inner)) for name, inner in value.items()]
    return [ordered(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "name",
    [
        "creation_options_first",
        "creation_options_with_exclude",
        "options_user_verification_preferred",
        "options_user_verification_null",
        "options_server_domain",
        "options_allowed_algorithms_only_es256",
        "options_all_set",
    ],
)
def test_creation_options_are_those_of_dotnet(name: str) -> None:
    record = vectors()[name]
    expected = json.loads(record.get("options_json") or record["creation"])
    selection = expected["authenticatorSelection"]
    made = options.creation_options(
        rp_id=expected["rp"]["id"],
        user_id=from_base64url(expected["user"]["id"]).decode(),
        user_name=expected["user"]["name"],
        display_name=expected["user"]["displayName"],
        challenge=from_base64url(expected["challenge"]),
        exclude=stored_as_named(expected["excludeCredentials"]),
        timeout=timedelta(milliseconds=expected["timeout"]),
        user_verification=selection.get("userVerification"),
        resident_key=selection["residentKey"],
        attestation=expected.get("attestation"),
        authenticator_attachment=selection.get("authenticatorAttachment"),
        **({"algorithms": [-7]} if name == "options_allowed_algorithms_only_es256" else {}),
    )
    assert ordered(made) == ordered(expected)


@pytest.mark.parametrize(
    "name",
    [
        "request_options_no_user",
        "request_options_user",
        "options_user_verification_preferred",
        "options_user_verification_null",
        "options_server_domain",
        "options_all_set",
    ],
)
def test_request_options_are_those_of_dotnet(name: str) -> None:
    record = vectors()[name]
    expected = json.loads(record.get("options_json") or record["request"])
    made = options.request_options(
        rp_id=expected["rpId"],
        challenge=from_base64url(expected["challenge"]),
        allow=stored_as_named(expected["allowCredentials"]),
        timeout=timedelta(milliseconds=expected["timeout"]),
        user_verification=expected.get("userVerification"),
    )
    assert ordered(made) == ordered(expected)


def stored_as_named(descriptors: list[dict[str, Any]]) -> dict[bytes, Any]:
    """Return the stored passkeys of these ids, in their order."""
    known = {one["stored"]["credential_id"]: one for one in vectors()["passkeys"]}
    return {
        from_base64url(one["id"]): passkey_data.parse(known[one["id"]]["data_json_stj"])
        for one in descriptors
    }
