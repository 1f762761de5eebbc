"""Another e-mail address: proved by a link to it, told to the old one, all or nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from identity_bridge import signals
from identity_bridge.models import User
from identity_bridge.users.stamps import update_security_stamp
from tests.account.conftest import PASSWORD, PROFILE
from tests.account.mailing import Visitor, mailed_link, opened

from .conftest import Bridge

EMAIL, CONFIRM = "/account/email/", "/account/email/confirm/"
NEW = "New.Address@example.test"
NOT_VALID = "This link is not valid any more."


@pytest.fixture
def mine(client: Client, hamid: User) -> Client:
    User.objects.update(email_confirmed=True)
    client.force_login(hamid)
    return client


def ask(client: Client, email: Any = NEW) -> Any:
    return client.post(EMAIL, {"email": email})


def test_the_new_address_counts_when_its_link_is_opened(mine: Client, hamid: User) -> None:
    heard: list[Any] = []
    signals.email_changed.connect(
        lambda user, **given: heard.append(user.email), weak=False, dispatch_uid=1
    )
    other = Client()
    other.force_login(hamid)
    assert ask(mine)["Location"] == EMAIL
    assert [message.to for message in mail.outbox] == [[NEW], ["Hamid@Example.test"]]
    assert "hamid" not in mail.outbox[0].body, "the new address may be anybody's"
    assert NEW not in mail.outbox[1].body
    assert User.objects.get().email == "Hamid@Example.test"
    path, page = opened(mine, mailed_link(0))
    assert NEW in page
    assert User.objects.get().email == "Hamid@Example.test"
    done = mine.post(path, follow=True).content.decode()
    signals.email_changed.disconnect(dispatch_uid=1)
    assert "Your new address is confirmed." in done
    user = User.objects.get()
    assert (user.email, user.normalized_email) == (NEW, NEW.upper())
    assert user.email_confirmed
    assert user.username == "hamid"
    assert mine.get(PROFILE).status_code == 200
    assert other.get(PROFILE).status_code == 302
    assert heard == [NEW]
    assert NOT_VALID in opened(mine, mailed_link(0))[1], "a link works once"


def test_a_name_that_is_the_address_follows_it(mine: Client) -> None:
    User.objects.update(username="HAMID@example.test", normalized_username="HAMID@EXAMPLE.TEST")
    ask(mine)
    mine.post(opened(mine, mailed_link(0))[0])
    user = User.objects.get()
    assert user.username == user.email == NEW
    assert user.normalized_username == NEW.upper()


def test_if_that_name_is_taken_nothing_changes(mine: Client, elena: User) -> None:
    User.objects.filter(username="hamid").update(
        username="Hamid@Example.test", normalized_username="HAMID@EXAMPLE.TEST"
    )
    User.objects.filter(pk=elena.pk).update(username=NEW, normalized_username=NEW.upper())
    ask(mine)
    page = mine.post(opened(mine, mailed_link(0))[0]).content.decode()
    assert "is already taken" in page
    assert User.objects.get(username="Hamid@Example.test").email == "Hamid@Example.test"


def test_that_an_address_is_taken_only_its_owner_learns(
    mine: Client, elena: User, bridge: Bridge
) -> None:
    bridge(USER_REQUIRE_UNIQUE_EMAIL=True)
    User.objects.filter(pk=elena.pk).update(email=NEW, normalized_email=NEW.upper())
    assert ask(mine)["Location"] == EMAIL
    page = mine.post(opened(mine, mailed_link(0))[0]).content.decode()
    assert "is already taken" in page
    assert User.objects.get(username="hamid").email == "Hamid@Example.test"


def test_the_link_works_in_another_browser_and_signs_nobody_in(mine: Client) -> None:
    ask(mine)
    other = Visitor()
    path, _page = opened(other, mailed_link(0))
    assert "confirmed" in other.post(path, follow=True).content.decode()
    assert User.objects.get().email == NEW
    assert other.get(PROFILE).status_code == 302
    assert mine.get(PROFILE).status_code == 302, "its session belongs to the old stamp"


def test_somebody_else_who_is_signed_in_stays_so(mine: Client, elena: User) -> None:
    ask(mine)
    other = Visitor()
    other.force_login(elena)
    path, page = opened(other, mailed_link(0))
    assert "hamid" in page
    other.post(path)
    assert "elena" in other.get(PROFILE).content.decode()


def test_a_new_password_makes_the_link_void(mine: Client, hamid: User) -> None:
    ask(mine)
    update_security_stamp(user=User.objects.get())
    assert NOT_VALID in opened(mine, mailed_link(0))[1]


@pytest.mark.parametrize("member", ["user", "email", "token"])
def test_a_link_is_good_for_what_it_was_made_for(member: str, mine: Client, elena: User) -> None:
    ask(mine)
    link = mailed_link(0)
    given = {
        "user": (str(User.objects.get(username="hamid").pk), str(elena.pk)),
        "email": ("New.Address%40example.test", "evil%40example.test"),
        "token": ("token=", "token=x"),
    }[member]
    changed = link.replace(*given)
    assert changed != link
    assert NOT_VALID in opened(mine, changed)[1]
    assert NOT_VALID in mine.post(CONFIRM).content.decode()


def test_an_old_address_that_was_never_confirmed_is_told_nothing(mine: Client) -> None:
    User.objects.update(email_confirmed=False)
    ask(mine)
    assert [message.to for message in mail.outbox] == [[NEW]]


def test_the_same_address_sends_nothing(mine: Client) -> None:
    assert ask(mine, "Hamid@Example.test").status_code == 302
    assert mail.outbox == []
    assert User.objects.get().email_confirmed


@pytest.mark.parametrize(
    "email",
    [
        "",
        "nothing",
        "a@b.test, c@d.test",
        "a@b.test\r\nBcc: c@d.test",
        "\x00a@b.test",
        "x" * 100_000 + "@b.test",
    ],
)
def test_what_is_no_address_gets_no_mail(email: Any, mine: Client) -> None:
    assert ask(mine, email).status_code == 200
    assert mail.outbox == []


def test_nobody_is_flooded_by_somebody_who_is_signed_in(mine: Client, elena: User) -> None:
    second = Visitor()
    second.force_login(elena)
    for visitor in (mine, second) * 4:
        assert ask(visitor).status_code == 302
    assert [message.to for message in mail.outbox].count([NEW]) == 5


def test_requests_are_limited(mine: Client, bridge: Bridge) -> None:
    bridge(RATE_LIMIT_PER_ACCOUNT=(2, 86_400))
    answers = [ask(mine, f"a{number}@example.test").status_code for number in range(3)]
    assert answers == [302, 302, 429]


def test_the_confirmation_of_the_present_address_is_sent_again(mine: Client) -> None:
    mine.post(EMAIL, {"resend": "1"})
    assert mail.outbox == [], "it is confirmed"
    User.objects.update(email_confirmed=False)
    assert "not confirmed" in mine.get(EMAIL).content.decode()
    mine.post(EMAIL, {"resend": "1"})
    path, _page = opened(mine, mailed_link())
    mine.post(path)
    assert User.objects.get().email_confirmed


def test_an_account_without_an_address_gets_one(client: Client, elena: User) -> None:
    client.force_login(elena)
    assert "Your account has no address." in client.get(EMAIL).content.decode()
    client.post(EMAIL, {"resend": "1"})
    ask(client)
    client.post(opened(client, mailed_link())[0])
    assert User.objects.get().email == NEW
    assert User.objects.get().check_password(PASSWORD)


def test_nobody_can_use_up_the_warning_by_asking_for_links(mine: Client) -> None:
    for _attempt in range(6):
        mine.post("/account/forgot-password/", {"email": "hamid@example.test"})
    mail.outbox.clear()
    ask(mine)
    assert [message.to for message in mail.outbox] == [[NEW], ["Hamid@Example.test"]]
