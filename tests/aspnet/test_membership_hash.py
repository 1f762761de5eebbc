from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity_bridge.aspnet.errors import MembershipHashError
from identity_bridge.aspnet.membership_hash import MAX_CHARACTERS, MembershipHash, describe
from tests.fixtures_data import FIXTURES_DIR, load_json

SALT = "AAECAwQFBgcICQoLDA0ODw=="
KNOWN = {
    "SHA1": "ZJFvF0TnqdQZ2BNqpCZ6DykqGAs=",
    "SHA256": "FePGcf0xx2UWz+XWdq942JOvqfsqekh3CX1+hxdIDwM=",
    "HMACSHA1": "BMY0AyA+nR1miUHpTx5oSQdJknA=",
    "HMACSHA256": "hRcKvhNxvCgksB9q5UhsTEpuZW1zBlmUHwMUYIWVgBk=",
    "HMACSHA512": (
        "gLgcEljPyB16PxIfqS/7SRasKuy6ncz7TJGrgG774mH5eOvBgzk2cOMEFbjhS1lsye1NuhpQtDP0fIXmkPRWWQ=="
    ),
}
DATABASES = ("membership_sha1", "membership_hmacsha256")


def _users():
    for name in DATABASES:
        if (FIXTURES_DIR / "databases" / name).exists():
            for number, user in enumerate(load_json(f"databases/{name}/manifest.json")["users"]):
                yield pytest.param(user, id=f"{name}-{number}-{user['feature']}")


@pytest.mark.contract
@pytest.mark.parametrize("user", list(_users()))
def test_every_triple_of_the_membership_databases_verifies_as_its_manifest_says(user):
    if user["triple"] is None:
        assert user["expected_verify"] == "failed"
        return
    stored = MembershipHash.parse(user["triple"])
    assert stored.encode() == user["triple"]
    if user["expected_verify"].startswith("success"):
        assert stored.matches(user["password"])
        assert not stored.matches(user["password"] + " ")
        assert describe(user["triple"]).usable
    else:
        assert user["password"] is None or not stored.matches(user["password"])
        if user["why_not"] == "password_encrypted_with_machine_key":
            assert describe(user["triple"]).reason == user["why_not"]
            assert not describe(user["triple"]).usable


@pytest.mark.parametrize("algorithm", KNOWN)
def test_each_algorithm_is_recognised(algorithm):
    stored = MembershipHash.parse(f"{KNOWN[algorithm]}|1|{SALT}")
    assert stored.matching_algorithm("my password") == algorithm
    assert stored.matching_algorithm("My password") is None


def test_the_case_of_the_base64_matters():
    # Microsoft's tutorial compares without case.
    stored = MembershipHash.parse(f"{KNOWN['SHA1'].lower()}|1|{SALT}")
    assert not stored.matches("my password")


@pytest.mark.parametrize("size", [1, 16, 64, 65, 200])
def test_salts_of_any_length_make_a_key(size):
    import base64
    import hashlib
    import hmac

    salt = bytes(range(size))
    key = salt[:64] if size >= 64 else (salt * 64)[:64]
    digest = hmac.new(key, "pw".encode("utf-16-le"), hashlib.sha256).digest()
    text = f"{base64.b64encode(digest).decode()}|1|{base64.b64encode(salt).decode()}"
    assert MembershipHash.parse(text).matching_algorithm("pw") == "HMACSHA256"


def test_a_clear_password_may_hold_the_separator():
    stored = MembershipHash.parse("clear|text|0|0|c2FsdA==")
    assert stored.password == "clear|text|0"
    assert stored.matches("clear|text|0")
    assert not stored.matches("clear")
    assert stored.describe().kind == "membership_clear"


def test_an_encrypted_password_never_matches():
    stored = MembershipHash.parse(f"AAAA|2|{SALT}")
    assert not stored.matches("AAAA")
    assert stored.describe().reason == "password_encrypted_with_machine_key"


def test_the_password_is_not_in_the_representation():
    assert "hunter2" not in repr(MembershipHash.parse("hunter2|0|"))


def test_a_lone_surrogate_never_matches():
    assert not MembershipHash.parse(f"{KNOWN['SHA1']}|1|{SALT}").matches("\ud800")
    assert not MembershipHash.parse("\ud800|0|").matches("\ud800")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a|1",
        "a|3|b",
        "a|1|",
        f"AAAA|1|{SALT}",
        f"{KNOWN['SHA1']}|1|not base64",
        f"{KNOWN['SHA1']}|1|",
        f"!|1|{SALT}",
        "a" * MAX_CHARACTERS + "|0|",
    ],
)
def test_what_is_no_triple_is_refused_and_described(text):
    with pytest.raises(MembershipHashError):
        MembershipHash.parse(text)
    assert describe(text).reason == "hash_invalid"


@given(st.text(st.characters()), st.text(st.characters()))
def test_hostile_text_raises_nothing_but_its_own_error(text, password):
    for candidate in (text, f"{text}|0|", f"{text}|1|{text}", f"{text}|2|{text}"):
        try:
            stored = MembershipHash.parse(candidate)
        except MembershipHashError:
            continue
        assert stored.encode() == candidate
        stored.matches(password)
        stored.describe()
