"""A lost password: who gets a link, what it is good for, and what a stranger learns."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from identity_bridge import signals
from identity_bridge.aspnet.date_times import MAX_VALUE
from identity_bridge.models import User
from identity_bridge.signin import rate_limit
from identity_bridge.users import token_providers
from identity_bridge.users.emails import generate_email_confirmation_token
from identity_bridge.users.passwords import generate_password_reset_token
from identity_bridge.users.stamps import update_security_stamp
from tests.account.conftest import LOGIN, PASSWORD, PROFILE, TWO_FACTOR, credentials
from tests.account.mailing import Visitor, mailed_link, opened, text_of

from .conftest import Bridge

FORGOT, RESET = "/account/forgot-password/", "/account/reset-password/"
RESEND = "/account/resend-confirmation/"
SENT = "/account/forgot-password/done/"
DONE = "/account/reset-password/done/"
NEW = "Cedar-Velvet4417?"
NOT_VALID = "This link is not valid any more, ask for a new one."


def typed(password: str = NEW, repeat: str | None = None) -> dict[str, str]:
    return {"new_password": password, "repeat": password if repeat is None else repeat}


@pytest.fixture
def ada(db: Any) -> User:
    return User.objects.create_user("ada", "Ada@Example.test", PASSWORD, email_confirmed=True)


def ask(visitor: Client, email: str = "ada@example.test") -> Any:
    return visitor.post(FORGOT, {"email": email})


def test_the_link_of_the_mail_sets_a_new_password(client: Client, ada: User) -> None:
    heard: list[str] = []
    signals.password_changed.connect(
        lambda method, **given: heard.append(method), weak=False, dispatch_uid=1
    )
    assert ask(client)["Location"] == SENT
    (message,) = mail.outbox
    assert message.to == ["Ada@Example.test"], "the address as it is stored"
    path, page = opened(client, mailed_link())
    assert path == RESET
    assert "ada" in page
    answer = client.post(path, typed())
    signals.password_changed.disconnect(dispatch_uid=1)
    assert answer["Location"] == DONE
    assert client.get(DONE).status_code == 200
    assert client.get(PROFILE).status_code == 302, "nobody is signed in by it"
    assert client.post(LOGIN, credentials("ada", NEW)).status_code == 302
    assert heard == ["reset"]
    assert "was changed" in mail.outbox[1].subject


def test_the_token_leaves_the_address_at_once(client: Client, ada: User) -> None:
    ask(client)
    moved = client.get(mailed_link())
    assert moved["Location"] == RESET
    assert moved["Referrer-Policy"] == "same-origin"
    assert "no-store" in moved["Cache-Control"]
    token = mailed_link().partition("token=")[2]
    assert token not in client.get(RESET).content.decode()


def test_a_link_works_once_and_in_one_browser(client: Client, ada: User) -> None:
    ask(client)
    link = mailed_link()
    path, _page = opened(client, link)
    assert NOT_VALID in Visitor().get(path).content.decode()
    client.post(path, typed())
    assert NOT_VALID in opened(client, link)[1]
    assert NOT_VALID in client.post(path, typed("Other-Word55!")).content.decode()
    assert not User.objects.get().check_password("Other-Word55!")


def test_every_session_ends(client: Client, ada: User) -> None:
    other = Client()
    other.force_login(ada)
    assert other.get(PROFILE).status_code == 200
    ask(client)
    client.post(opened(client, mailed_link())[0], typed())
    assert other.get(PROFILE).status_code == 302


def test_it_neither_unlocks_nor_replaces_the_second_factor(client: Client, elena: User) -> None:
    User.objects.filter(pk=elena.pk).update(
        email="e@example.test",
        normalized_email="E@EXAMPLE.TEST",
        email_confirmed=True,
        lockout_end=MAX_VALUE,
    )
    ask(client, "e@example.test")
    client.post(opened(client, mailed_link())[0], typed())
    page = client.post(LOGIN, credentials("elena", NEW)).content.decode()
    assert "Only an administrator can unlock it" in page
    User.objects.update(lockout_end=None)
    assert client.post(LOGIN, credentials("elena", NEW))["Location"] == TWO_FACTOR


def test_somebody_without_a_password_gets_one(client: Client, ada: User) -> None:
    User.objects.update(password=None)
    ask(client)
    client.post(opened(client, mailed_link())[0], typed())
    assert client.post(LOGIN, credentials("ada", NEW)).status_code == 302


# -- who gets none, and what that looks like ------------------------------------------------------


@pytest.mark.parametrize("why", ["unknown", "unconfirmed", "inactive", "twice"])
def test_for_nobody_it_looks_the_same(why: str, ada: User) -> None:
    known, other = Visitor(), Visitor()
    expected = ask(known)
    assert len(mail.outbox) == 1
    email = "ada@example.test"
    match why:
        case "unknown":
            email = "nobody@example.test"
        case "unconfirmed":
            User.objects.update(email_confirmed=False)
        case "inactive":
            User.objects.update(is_active=False)
        case "twice":
            User.objects.create_user("ada2", "ada@EXAMPLE.test", PASSWORD, email_confirmed=True)
    answer = ask(other, email)
    assert (answer.status_code, answer["Location"]) == (expected.status_code, expected["Location"])
    assert set(answer.cookies) == set(expected.cookies)
    assert text_of(known.get(SENT)) == text_of(other.get(SENT))
    assert len(mail.outbox) == 1


def test_known_and_unknown_addresses_cost_the_same_statements(client: Client, ada: User) -> None:
    counts = []
    for email in ("ada@example.test", "nobody@example.test"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            ask(client, email)
        counts.append([query["sql"].split()[0] for query in queries])
    assert counts[0] == counts[1] == ["SELECT"]


def test_whoever_only_claims_an_address_does_not_stand_in_the_way(
    client: Client, ada: User
) -> None:
    User.objects.create_user("mallory", "ada@example.test", PASSWORD)
    ask(client)
    (message,) = mail.outbox
    assert str(ada.pk) in message.body


@pytest.mark.parametrize("email", ["ada@example.test", "nobody@example.test"])
def test_a_host_that_is_not_allowed_is_refused_for_every_address(
    email: str, client: Client, ada: User, settings: Any
) -> None:
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if "CommonMiddleware" not in one]
    settings.ALLOWED_HOSTS = ["id.example.org"]
    assert client.post(FORGOT, {"email": email}).status_code == 400


def test_the_signal_says_whether_there_was_an_account(client: Client, ada: User) -> None:
    heard: list[Any] = []
    signals.password_reset_requested.connect(
        lambda user, **given: heard.append(user), weak=False, dispatch_uid=1
    )
    ask(client)
    ask(client, "nobody@example.test")
    signals.password_reset_requested.disconnect(dispatch_uid=1)
    assert heard == [ada, None]


@pytest.mark.parametrize(
    "email",
    [
        "\x00",
        "ada@example.test\x00",
        "x" * 100_000,
        "\ufffe@example.test",
        "ada@example.test, mallory@evil.example",
        "ada@example.test\r\nBcc: mallory@evil.example",
        "",
        " ",
    ],
)
@pytest.mark.parametrize("page", [FORGOT, "/account/resend-confirmation/"])
def test_no_text_makes_a_mail_or_an_error(page: str, email: Any, client: Client, ada: User) -> None:
    assert client.post(page, {"email": email}).status_code in {200, 302}
    assert client.post(page, {}).status_code == 200
    assert mail.outbox == []


def test_letters_that_only_look_the_same_get_no_mail_elsewhere(client: Client, ada: User) -> None:
    # U+212A, the Kelvin sign, is K to the normaliser.
    User.objects.update(email="kelvin@example.test", normalized_email="KELVIN@EXAMPLE.TEST")
    ask(client, "\u212aelvin@example.test")
    (message,) = mail.outbox
    assert message.to == ["kelvin@example.test"]


# -- limits ---------------------------------------------------------------------------------------


def test_nobody_is_flooded(ada: User) -> None:
    for spelling in ("ada@example.test", "ADA@example.test", " ada@example.test ") * 3:
        assert ask(Visitor(), spelling)["Location"] == SENT
    assert len(mail.outbox) == 5


@pytest.mark.parametrize(
    "given", [{}, {"SIGN_IN_REQUIRE_CONFIRMED_EMAIL": True}], ids=["default", "confirmed"]
)
def test_nobody_uses_up_the_link_of_another(given: Any, bridge: Bridge, ada: User) -> None:
    """By asking for other mails in that person's name, or before there is an account."""
    bridge(RATE_LIMIT_PER_ACCOUNT=(9, 86_400), **given)
    form = {"email": "ada@example.test", "new_password": NEW, "repeat": NEW}
    for _attempt in range(12):
        Visitor().post(RESEND, {"email": "ada@example.test"})
    for _attempt in range(6):
        Visitor().post("/account/register/", form)
        ask(Visitor(), "later@example.test")
    User.objects.create_user("later", "later@example.test", PASSWORD, email_confirmed=True)
    for email in ("ada@example.test", "later@example.test"):
        mail.outbox.clear()
        ask(Visitor(), email)
        assert [message.to[0].lower() for message in mail.outbox] == [email]


@pytest.mark.parametrize("page", [FORGOT, RESEND])
def test_an_address_that_gets_nothing_costs_the_same_counting(
    page: str, ada: User, hamid: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[int] = []
    monkeypatch.setattr(rate_limit, "count_message", lambda **given: counted.append(1))
    for email in ("ada@example.test", "hamid@example.test", "nobody@example.test"):
        Visitor().post(page, {"email": email})
    assert len(counted) == 3


@pytest.mark.parametrize("email", ["ada@example.test", "nobody@example.test"])
def test_attempts_are_limited_whether_there_is_an_account_or_not(
    email: str, client: Client, ada: User, bridge: Bridge
) -> None:
    bridge(RATE_LIMIT_PER_ACCOUNT=(3, 86_400))
    assert [ask(client, email).status_code for _attempt in range(4)] == [302, 302, 302, 429]


@pytest.mark.django_db
def test_links_can_be_tried_only_so_often(client: Client, bridge: Bridge) -> None:
    bridge(RATE_LIMIT_PER_ADDRESS=(2, 86_400))
    answers = [client.get(RESET, {"user": "1", "token": str(i)}).status_code for i in range(3)]
    assert answers == [302, 302, 429]


# -- links that are not good ----------------------------------------------------------------------


def link_of(user: User, token: str | None = None) -> dict[str, str]:
    made = generate_password_reset_token(user=user)
    return {"user": str(user.pk), "token": made if token is None else token}


@pytest.mark.parametrize(
    "how", ["old", "stamp", "purpose", "other user", "inactive", "cut", "long", "nul", "no user"]
)
def test_a_link_that_is_not_good_says_so(
    how: str, client: Client, ada: User, hamid: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = link_of(ada)
    match how:
        case "old":
            monkeypatch.setattr(token_providers, "TOKEN_LIFESPAN", timedelta(seconds=-1))
        case "stamp":
            update_security_stamp(user=ada)
        case "purpose":
            query["token"] = generate_email_confirmation_token(user=ada)
        case "other user":
            query["user"] = str(hamid.pk)
        case "inactive":
            User.objects.update(is_active=False)
        case "cut":
            query["token"] = query["token"][:-1]
        case "long":
            query["token"] += "x" * 10_000
        case "nul":
            query["user"] += "\x00"
        case "no user":
            query["user"] = "9" * 10_000
    moved = client.get(RESET, query)
    assert moved["Location"] == RESET
    assert "sessionid" not in client.cookies, "nothing is kept of it"
    assert NOT_VALID in client.get(RESET).content.decode()
    assert NOT_VALID in client.post(RESET, typed()).content.decode()
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


def test_a_link_that_went_bad_while_the_form_was_open(client: Client, ada: User) -> None:
    opened(client, f"{RESET}?user={ada.pk}&token={link_of(ada)['token']}")
    update_security_stamp(user=ada)
    assert NOT_VALID in client.post(RESET, typed()).content.decode()


def test_another_link_takes_the_place_of_the_first(client: Client, ada: User, hamid: User) -> None:
    for user in (ada, hamid):
        client.get(RESET, link_of(user))
    client.post(RESET, typed())
    ada.refresh_from_db()
    hamid.refresh_from_db()
    assert ada.check_password(PASSWORD)
    assert hamid.check_password(NEW)


def test_weak_and_mistyped_passwords_change_nothing(client: Client, ada: User) -> None:
    client.get(RESET, link_of(ada))
    page = client.post(RESET, typed("a")).content.decode()
    assert "must be at least 6 characters" in page
    assert "at least one uppercase" in page
    assert "do not match" in client.post(RESET, typed(NEW, "Other-1!")).content.decode()
    assert "This field is required" in client.post(RESET).content.decode()
    assert client.post(RESET, typed()).status_code == 302


# -- the confirmation, once more ------------------------------------------------------------------


def test_the_confirmation_is_sent_again_to_whom_it_is_missing(client: Client, hamid: User) -> None:
    assert client.post(RESEND, {"email": "HAMID@example.test"})["Location"] == (
        "/account/register/done/"
    )
    path, _page = opened(client, mailed_link())
    client.post(path)
    assert User.objects.get().email_confirmed
    client.post(RESEND, {"email": "HAMID@example.test"})
    client.post(RESEND, {"email": "nobody@example.test"})
    assert len(mail.outbox) == 1


def test_a_second_confirmation_changes_nothing(client: Client, hamid: User) -> None:
    heard: list[Any] = []
    signals.email_confirmed.connect(
        lambda user, **given: heard.append(user), weak=False, dispatch_uid=1
    )
    client.post(RESEND, {"email": "hamid@example.test"})
    link = mailed_link()
    for _time in range(2):
        path, _page = opened(client, link)
        assert "Your address is confirmed." in client.post(path, follow=True).content.decode()
    signals.email_confirmed.disconnect(dispatch_uid=1)
    assert heard == [hamid]
    assert "Your address is confirmed." in opened(Visitor(), link)[1]


def test_a_confirmation_that_is_too_old_offers_another(
    client: Client, hamid: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post(RESEND, {"email": "hamid@example.test"})
    monkeypatch.setattr(token_providers, "TOKEN_LIFESPAN", timedelta(seconds=-1))
    path, page = opened(client, mailed_link())
    assert "This link is not valid any more." in page
    assert RESEND in page
    client.post(path)
    assert not User.objects.get().email_confirmed


def test_a_lockout_does_not_stop_the_mail(client: Client, ada: User) -> None:
    User.objects.update(lockout_end=timezone.now() + timedelta(hours=1))
    ask(client)
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("page", ["confirm", "reset"])
def test_a_link_is_of_no_use_for_another_address(
    client: Client, hamid: User, bridge: Bridge, page: str
) -> None:
    """A project's own form may change the address and forget the security stamp."""
    User.objects.update(email_confirmed=page == "reset")
    path = "/account/resend-confirmation/" if page == "confirm" else "/account/forgot-password/"
    client.post(path, {"email": "hamid@example.test"})
    link = mailed_link()
    User.objects.update(email="victim@example.test", normalized_email="VICTIM@EXAMPLE.TEST")
    assert "not valid any more" in client.get(link, follow=True).content.decode()


def test_who_has_planted_a_session_does_not_get_the_link(
    client: Client, hamid: User, bridge: Bridge
) -> None:
    User.objects.update(email_confirmed=True)
    client.post("/account/forgot-password/", {"email": "hamid@example.test"})
    attacker = Visitor()
    attacker.post("/account/passkeys/sign-in/options/", secure=True)
    planted = attacker.cookies["sessionid"].value
    client.cookies["sessionid"] = planted
    path, page = opened(client, mailed_link())
    assert 'type="password"' in page
    assert client.cookies["sessionid"].value != planted
    attacker.cookies["sessionid"] = planted
    assert 'type="password"' not in attacker.get(path).content.decode()
