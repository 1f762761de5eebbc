"""Each conflict with what the target has, under each policy."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model

from identity_bridge.models import Role, UserLogin, UserPasskey
from tests.importing.passkeys import passkey_json
from tests.importing.small_sources import SmallSource, codes, issues_of

pytestmark = pytest.mark.django_db

User = get_user_model()


def _failed(report: Any, reason: str) -> bool:
    assert report.exit_code == 2
    return report.error["code"] == "conflict" and report.error["message"].startswith(reason)


# user_exists


def test_a_user_of_the_same_id_is_left_alone_and_reported(source: SmallSource) -> None:
    User.objects.create_user("mine", id="u1")
    source.user("u1", "theirs")
    source.user("u2")
    report = source.imported()
    assert report.exit_code == 1
    assert issues_of(report, "user_exists") == ["u1"]
    assert User.objects.get(pk="u1").username == "mine"
    assert User.objects.filter(pk="u2").exists()
    assert report.counters.tables["users"].skipped == 1


def test_a_user_of_the_same_id_is_overwritten_when_asked(source: SmallSource) -> None:
    User.objects.create_user("mine", id="u1")
    source.user("u1", "theirs", PhoneNumber="+431")
    report = source.imported(policies={"user_exists": "overwrite"})
    assert issues_of(report, "user_exists") == ["u1"]
    user = User.objects.get(pk="u1")
    assert (user.username, user.normalized_username, user.phone_number) == (
        "theirs",
        "THEIRS",
        "+431",
    )
    assert report.verification.ok


def test_a_user_of_the_same_id_ends_the_run_when_asked(source: SmallSource) -> None:
    User.objects.create_user("mine", id="u1")
    source.user("u1", "theirs")
    assert _failed(source.imported(policies={"user_exists": "fail"}), "user_exists")


# username_taken


def test_a_taken_name_brings_the_account_in_under_another(source: SmallSource) -> None:
    User.objects.create_user("alice", id="mine")
    source.user("u1", "alice")
    report = source.imported()
    assert issues_of(report, "username_taken") == ["u1"]
    assert User.objects.get(pk="u1").username == "alice~2"
    assert User.objects.find_by_name("ALICE").pk == "mine"
    assert report.exit_code == 1


def test_a_taken_name_in_other_letters_stays_with_both(source: SmallSource) -> None:
    User.objects.create_user("alice", id="mine")
    source.user("u1", "ALICE")
    report = source.imported()
    assert issues_of(report, "duplicate_normalized_user_name") == ["u1"]
    assert User.objects.find_by_name("ALICE").pk == "u1"
    assert User.objects.find_by_name("alice").pk == "mine"


def test_a_taken_name_goes_to_the_source_when_asked(source: SmallSource) -> None:
    User.objects.create_user("alice", id="mine")
    source.user("u1", "alice")
    report = source.imported(policies={"username_taken": "overwrite"})
    assert issues_of(report, "username_taken") == ["mine"]
    assert User.objects.find_by_name("Alice").pk == "u1"
    assert User.objects.get(pk="mine").username == "alice~mine"


def test_a_taken_name_ends_the_run_when_asked(source: SmallSource) -> None:
    User.objects.create_user("alice", id="mine")
    source.user("u1", "alice")
    assert _failed(source.imported(policies={"username_taken": "fail"}), "username_taken")


# email_taken


@pytest.fixture
def unique_email(settings: Any) -> None:
    settings.IDENTITY_BRIDGE = {"USER_REQUIRE_UNIQUE_EMAIL": True}


def _with_email(source: SmallSource, key: str) -> None:
    source.user(key, Email="a@example.com", NormalizedEmail="A@EXAMPLE.COM")


def test_a_shared_address_is_no_conflict_by_default(source: SmallSource) -> None:
    User.objects.create_user("mine", "a@example.com")
    _with_email(source, "u1")
    report = source.imported()
    assert report.exit_code == 0
    assert User.objects.filter(normalized_email="A@EXAMPLE.COM").count() == 2


@pytest.mark.usefixtures("unique_email")
def test_a_taken_address_is_kept_as_text_only(source: SmallSource) -> None:
    mine = User.objects.create_user("mine", "a@example.com")
    _with_email(source, "u1")
    _with_email(source, "u2")
    report = source.imported()
    assert issues_of(report, "email_taken") == ["u1", "u2"]
    assert User.objects.find_by_email("a@example.com") == mine
    user = User.objects.get(pk="u1")
    assert (user.email, user.email_confirmed) == ("a@example.com", False)


@pytest.mark.usefixtures("unique_email")
def test_a_taken_address_goes_to_the_source_when_asked(source: SmallSource) -> None:
    User.objects.create_user("mine", "a@example.com")
    _with_email(source, "u1")
    source.imported(policies={"email_taken": "overwrite"})
    assert User.objects.find_by_email("a@example.com").pk == "u1"


@pytest.mark.usefixtures("unique_email")
def test_a_taken_address_ends_the_run_when_asked(source: SmallSource) -> None:
    User.objects.create_user("mine", "a@example.com")
    _with_email(source, "u1")
    assert _failed(source.imported(policies={"email_taken": "fail"}), "email_taken")


@pytest.mark.usefixtures("unique_email")
def test_an_address_changed_to_a_taken_one_is_a_conflict_too(source: SmallSource) -> None:
    mine = User.objects.create_user("mine", "a@example.com")
    source.user("u1", Email="b@example.com", NormalizedEmail="B@EXAMPLE.COM")
    assert source.imported().exit_code == 0
    source.change("u1", Email="a@example.com", NormalizedEmail="A@EXAMPLE.COM")
    assert issues_of(source.imported(), "email_taken") == ["u1"]
    assert User.objects.find_by_email("a@example.com") == mine


# login_taken and credential_taken


@pytest.mark.parametrize("policy", ["skip", "overwrite", "fail"])
def test_a_login_of_somebody_else(source: SmallSource, policy: str) -> None:
    mine = User.objects.create_user("mine", id="mine")
    UserLogin.objects.create(user=mine, login_provider="Google", provider_key="g1")
    source.user("u1")
    source.login("u1", "Google", "g1")
    source.login("u1", "Google", "g2")
    report = source.imported(policies={"login_taken": policy})
    if policy == "fail":
        assert _failed(report, "login_taken")
        return
    assert issues_of(report, "login_taken") == ["Google/g1"]
    expected = "mine" if policy == "skip" else "u1"
    assert User.objects.find_by_login("Google", "g1").pk == expected
    assert User.objects.find_by_login("Google", "g2").pk == "u1"
    assert report.counters.tables["user_logins"].skipped == (policy == "skip")
    assert report.verification.ok


@pytest.mark.parametrize("policy", ["skip", "overwrite", "fail"])
def test_a_passkey_of_somebody_else(source: SmallSource, policy: str) -> None:
    mine = User.objects.create_user("mine", id="mine")
    UserPasskey.objects.create(user=mine, credential_id=b"\x01" * 16, data=passkey_json("mine"))
    source.user("u1")
    source.insert(
        "AspNetUserPasskeys", CredentialId=b"\x01" * 16, UserId="u1", Data=passkey_json("theirs")
    )
    report = source.imported(policies={"credential_taken": policy})
    if policy == "fail":
        assert _failed(report, "credential_taken")
        return
    assert issues_of(report, "credential_taken") == ["01" * 16]
    expected = ("mine", "mine") if policy == "skip" else ("u1", "theirs")
    passkey = UserPasskey.objects.get()
    assert (passkey.user_id, passkey.data.name) == expected


# role_exists


@pytest.mark.parametrize("policy", ["skip", "overwrite", "fail"])
def test_a_role_of_the_same_name(source: SmallSource, policy: str) -> None:
    mine = Role.objects.create(id="mine", name="editors")
    mine.claims.create(claim_type="permission", claim_value="read")
    source.user("u1")
    source.role("r1", "Editors")
    source.insert("AspNetRoleClaims", RoleId="r1", ClaimType="permission", ClaimValue="write")
    source.member("u1", "r1")
    report = source.imported(policies={"role_exists": policy})
    if policy == "fail":
        assert _failed(report, "role_exists")
        return
    assert issues_of(report, "role_exists") == ["r1"]
    assert list(User.objects.get(pk="u1").roles.all()) == [mine]
    values = set(mine.claims.values_list("claim_value", flat=True))
    assert values == ({"read"} if policy == "skip" else {"read", "write"})
    again = source.imported(policies={"role_exists": policy})
    assert again.exit_code == 0
    assert list(User.objects.get(pk="u1").roles.all()) == [mine]


def test_a_role_is_the_same_by_its_name_and_not_by_its_id(source: SmallSource) -> None:
    Role.objects.create(id="r1", name="Publishers")
    source.user("u1")
    source.role("r1", "Guests")
    source.member("u1", "r1")
    for expected in ({"role_exists"}, set()):
        assert codes(source.imported()) == expected
        (role,) = User.objects.get(pk="u1").roles.all()
        assert role.name == "Guests"
    assert Role.objects.get(pk="r1").name == "Publishers"


def test_policies_that_do_not_exist_are_refused() -> None:
    from identity_bridge.importing.policies import UnknownPolicy, parse_policies

    assert parse_policies(["user_exists=fail"])["user_exists"] == "fail"
    for wrong in ("user_exists", "user_exists=maybe", "nothing=skip", ""):
        with pytest.raises(UnknownPolicy):
            parse_policies([wrong])
