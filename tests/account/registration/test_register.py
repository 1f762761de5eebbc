"""Making an account: who gets in at once, who has to confirm, and what a stranger learns."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from identity_bridge import signals
from identity_bridge.adapter import IdentityAdapter
from identity_bridge.models import User
from tests.account.conftest import LOGIN, PASSWORD, PROFILE, credentials
from tests.account.mailing import Visitor, mailed_link, opened, text_of

from .conftest import Bridge

REGISTER, DONE = "/account/register/", "/account/register/done/"
NEW = "new@example.test"
CONFIRMED = {"SIGN_IN_REQUIRE_CONFIRMED_EMAIL": True}


def filled(email: str = NEW, password: str = PASSWORD, **more: str) -> dict[str, str]:
    return {"email": email, "new_password": password, "repeat": password} | more


class ClosedAdapter(IdentityAdapter):
    def is_open_for_registration(self, *, request: Any) -> bool:
        return request.headers.get("X-Invited") == "yes"


@pytest.mark.django_db
def test_without_a_confirmation_one_is_signed_in_at_once(client: Client) -> None:
    heard = []
    signals.user_registered.connect(lambda **given: heard.append(given), weak=False, dispatch_uid=1)
    try:
        answer = client.post(REGISTER, filled())
    finally:
        signals.user_registered.disconnect(dispatch_uid=1)
    assert (answer.status_code, answer["Location"]) == (302, PROFILE)
    user = User.objects.get()
    assert (user.username, user.email, user.email_confirmed) == (NEW, NEW, False)
    assert user.lockout_enabled
    assert NEW in client.get(PROFILE).content.decode()
    assert [(one["user"].pk, one["provider"]) for one in heard] == [(user.pk, None)]


@pytest.mark.django_db
def test_the_mail_of_a_new_account_confirms_its_address(client: Client) -> None:
    client.post(REGISTER, filled())
    (message,) = mail.outbox
    assert message.to == [NEW]
    assert "testserver" in message.subject
    path, page = opened(client, mailed_link())
    assert NEW in page
    assert not User.objects.get().email_confirmed, "a link that was only opened"
    answer = client.post(path, follow=True)
    assert "Your address is confirmed." in answer.content.decode()
    assert User.objects.get().email_confirmed


@pytest.mark.django_db
@pytest.mark.parametrize("setting", ["EMAIL", "ACCOUNT"])
def test_where_it_has_to_be_confirmed_nobody_is_signed_in_before(
    setting: str, client: Client, bridge: Bridge
) -> None:
    bridge(**{f"SIGN_IN_REQUIRE_CONFIRMED_{setting}": True})
    answer = client.post(REGISTER, filled(next="/account/profile/?a=b"))
    assert answer["Location"] == f"{DONE}?next=%2Faccount%2Fprofile%2F%3Fa%3Db"
    assert "Look into your mail" in client.get(answer["Location"]).content.decode()
    assert client.get(PROFILE).status_code == 302
    assert (
        "or the account may not sign in." in client.post(LOGIN, credentials(NEW)).content.decode()
    )
    path, _page = opened(client, mailed_link())
    page = client.post(path, follow=True).content.decode()
    assert f'href="{LOGIN}?next=%2Faccount%2Fprofile%2F%3Fa%3Db"' in page
    assert client.post(LOGIN, credentials(NEW)).status_code == 302


@pytest.mark.django_db
def test_with_a_number_to_be_confirmed_nobody_is_signed_in(client: Client, bridge: Bridge) -> None:
    bridge(SIGN_IN_REQUIRE_CONFIRMED_PHONE_NUMBER=True)
    assert client.post(REGISTER, filled())["Location"] == LOGIN
    assert User.objects.count() == 1
    assert client.get(PROFILE).status_code == 302


def test_a_taken_name_is_told_as_dotnet_tells_it(client: Client, hamid: User) -> None:
    User.objects.filter(pk=hamid.pk).update(username=NEW, normalized_username=NEW.upper())
    page = client.post(REGISTER, filled(NEW.title())).content.decode()
    assert f"Username &#x27;{NEW.title()}&#x27; is already taken." in page
    assert mail.outbox == []


@pytest.mark.parametrize("confirmed", [True, False])
def test_where_it_has_to_be_confirmed_a_taken_address_looks_like_a_new_one(
    confirmed: bool, hamid: User, bridge: Bridge
) -> None:
    bridge(**CONFIRMED)
    User.objects.filter(pk=hamid.pk).update(
        username=hamid.email,
        normalized_username=hamid.normalized_email,
        email_confirmed=confirmed,
    )
    new, taken = Visitor(), Visitor()
    answers = [new.post(REGISTER, filled()), taken.post(REGISTER, filled("HAMID@example.test"))]
    assert [(one.status_code, one["Location"]) for one in answers] == [(302, DONE)] * 2
    assert [set(one.cookies) for one in answers] == [set(answers[0].cookies)] * 2
    assert text_of(new.get(DONE)) == text_of(taken.get(DONE))
    assert [message.to for message in mail.outbox] == [[NEW], ["Hamid@Example.test"]]
    assert User.objects.count() == 2
    path, _page = opened(taken, mailed_link())
    assert path == ("/account/reset-password/" if confirmed else "/account/reclaim/")
    if confirmed:
        assert "You have an account" in mail.outbox[1].subject
    hamid.refresh_from_db()
    assert hamid.check_password(PASSWORD)


def test_the_same_with_addresses_that_must_be_unique(
    client: Client, hamid: User, bridge: Bridge
) -> None:
    bridge(**CONFIRMED, USER_REQUIRE_UNIQUE_EMAIL=True)
    User.objects.filter(pk=hamid.pk).update(email_confirmed=True)
    assert client.post(REGISTER, filled("hamid@example.test"))["Location"] == DONE
    (message,) = mail.outbox
    assert message.to == ["Hamid@Example.test"]


def test_a_name_that_is_the_address_of_somebody_else_gets_no_mail(
    client: Client, hamid: User, bridge: Bridge
) -> None:
    bridge(**CONFIRMED)
    User.objects.filter(pk=hamid.pk).update(username=NEW, normalized_username=NEW.upper())
    assert client.post(REGISTER, filled())["Location"] == DONE
    assert mail.outbox == []


def test_a_row_without_its_normalised_name_is_taken_as_well(
    client: Client, hamid: User, bridge: Bridge
) -> None:
    User.objects.filter(pk=hamid.pk).update(username=NEW, normalized_username=None)
    bridge(**CONFIRMED)
    assert client.post(REGISTER, filled())["Location"] == DONE


def test_a_hash_is_computed_for_a_taken_address_too(
    client: Client, hamid: User, bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    bridge(**CONFIRMED)
    User.objects.filter(pk=hamid.pk).update(
        username=hamid.email, normalized_username=hamid.normalized_email
    )
    from identity_bridge.users import accounts

    hashed: list[str] = []
    real = accounts.new_hash

    def counting(password: str) -> str:
        hashed.append(password)
        return real(password)

    monkeypatch.setattr(accounts, "new_hash", counting)
    client.post(REGISTER, filled())
    client.post(REGISTER, filled("hamid@example.test"))
    assert len(hashed) == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            filled(password="a"),
            [
                "Passwords must be at least 6 characters.",
                "Passwords must have at least one non alphanumeric character.",
                "Passwords must have at least one digit (&#x27;0&#x27;-&#x27;9&#x27;).",
                "Passwords must have at least one uppercase (&#x27;A&#x27;-&#x27;Z&#x27;).",
            ],
        ),
        (filled(repeat="Other-1!"), ["The password and confirmation password do not match."]),
        (filled("o'neil@example.test"), ["o&#x27;neil@example.test&#x27; is invalid, can only"]),
        (filled("no address"), ["Email &#x27;no address&#x27; is invalid."]),
        (filled("a@b.test\nBcc: x@y.test"), ["is invalid."]),
        (filled("a@b.test, c@d.test"), ["is invalid."]),
        ({}, ["This field is required."]),
        (filled("\x00"), ["Null characters"]),
        (filled("x" * 100_000 + "@example.test"), ["at most 256 characters"]),
    ],
)
def test_what_is_wrong_is_said_at_once(
    fields: dict[str, Any], expected: list[str], client: Client
) -> None:
    answer = client.post(REGISTER, fields)
    assert answer.status_code == 200
    page = answer.content.decode()
    for text in expected:
        assert text in page
    assert User.objects.count() == 0
    assert mail.outbox == []
    assert PASSWORD not in page


@pytest.mark.django_db
def test_the_validators_of_the_project_are_asked_too(client: Client, settings: Any) -> None:
    settings.AUTH_PASSWORD_VALIDATORS = [
        {"NAME": "identity_bridge.passwords.validators.AspNetPasswordValidator"},
        {
            "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
            "OPTIONS": {"min_length": 30},
        },
    ]
    page = client.post(REGISTER, filled(password="Ab1!")).content.decode()
    assert "too short" in page
    assert page.count("<li>Passwords must be at least 6 characters.</li>") == 1


@pytest.mark.django_db
def test_who_is_not_let_in_sees_neither_form_nor_link(client: Client, bridge: Bridge) -> None:
    assert REGISTER in client.get(LOGIN).content.decode()
    bridge(ADAPTER="tests.account.registration.test_register.ClosedAdapter")
    for answer in (client.get(REGISTER), client.post(REGISTER, filled())):
        assert answer.status_code == 403
        assert "No new accounts" in answer.content.decode()
        assert answer["X-Frame-Options"] == "DENY"
    assert REGISTER not in client.get(LOGIN).content.decode()
    assert User.objects.count() == 0
    assert client.get(REGISTER, headers={"X-Invited": "yes"}).status_code == 200


@pytest.mark.django_db
def test_a_part_that_is_off_is_not_there(client: Client, bridge: Bridge) -> None:
    bridge(ACCOUNT_DISABLED_PARTS=["registration"])
    assert client.get(REGISTER).status_code == client.post(REGISTER, filled()).status_code == 404
    assert client.get("/account/confirm-email/").status_code == 200, "addresses still change"
    page = client.get(LOGIN).content.decode()
    assert REGISTER not in page
    assert "/account/forgot-password/" in page
    bridge(ACCOUNT_DISABLED_PARTS=["registration", "recovery", "email"])
    for path in ("confirm-email/", "resend-confirmation/", "register/done/", "forgot-password/"):
        assert client.get(f"/account/{path}").status_code == 404
    assert 'class="paths"' not in client.get(LOGIN).content.decode()


@pytest.mark.django_db
def test_the_way_on_stays_on_this_site(client: Client) -> None:
    assert "evil" not in client.get(REGISTER, {"next": "//evil.example/"}).content.decode()
    answer = client.post(REGISTER, filled(next="https://evil.example/"))
    assert answer["Location"] == PROFILE


def test_somebody_else_who_was_signed_in_is_not_any_more(client: Client, hamid: User) -> None:
    client.force_login(hamid)
    client.post(REGISTER, filled())
    page = client.get(PROFILE).content.decode()
    assert NEW in page
    assert "hamid" not in page


@pytest.mark.django_db
def test_one_client_address_makes_only_so_many(client: Client, bridge: Bridge) -> None:
    bridge(RATE_LIMIT_PER_ADDRESS=(2, 86_400))
    for number in range(2):
        Visitor().post(REGISTER, filled(f"a{number}@example.test"))
    answer = client.post(REGISTER, filled())
    assert answer.status_code == 429
    assert User.objects.count() == 2


def test_nobody_is_flooded_with_mails(client: Client, hamid: User, bridge: Bridge) -> None:
    bridge(**CONFIRMED)
    User.objects.filter(pk=hamid.pk).update(
        username=hamid.email, normalized_username=hamid.normalized_email, email_confirmed=True
    )
    for _attempt in range(8):
        assert client.post(REGISTER, filled("Hamid@Example.test"))["Location"] == DONE
    assert len(mail.outbox) == 5


@pytest.mark.django_db
def test_the_form_needs_its_token() -> None:
    visitor = Client(enforce_csrf_checks=True)
    pages = ("register", "forgot-password", "resend-confirmation", "reset-password")
    for page in (*pages, "confirm-email", "email/confirm"):
        assert visitor.post(f"/account/{page}/", filled()).status_code == 403, page
