"""The ConcurrencyStamp guards every UPDATE; what .NET does not know needs none."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test.utils import CaptureQueriesContext

from identity_bridge.exceptions import ConcurrencyFailure
from identity_bridge.models import Role, User


def stored(user: User) -> str | None:
    return User.objects.values_list("concurrency_stamp", flat=True).get(pk=user.pk)


def test_a_new_user_has_both_stamps(ada: User) -> None:
    assert len(ada.concurrency_stamp or "") == 36
    assert len(ada.security_stamp or "") == 32
    assert stored(ada) == ada.concurrency_stamp


def test_each_save_writes_a_new_stamp(ada: User) -> None:
    before = ada.concurrency_stamp
    ada.phone_number = "1"
    ada.save()
    assert stored(ada) == ada.concurrency_stamp != before
    ada.phone_number = "2"
    ada.save(update_fields=["phone_number"])
    ada.refresh_from_db()
    assert ada.phone_number == "2"


@pytest.mark.parametrize("chosen", [None, ["phone_number"]])
def test_a_stale_save_fails_and_changes_nothing(ada: User, chosen: list[str] | None) -> None:
    stale = User.objects.get(pk=ada.pk)
    ada.phone_number = "first"
    ada.save()
    stale.phone_number = "second"
    read = stale.concurrency_stamp
    with pytest.raises(ConcurrencyFailure):
        stale.save(update_fields=chosen)
    assert stale.concurrency_stamp == read
    assert User.objects.get(pk=ada.pk).phone_number == "first"
    with pytest.raises(ConcurrencyFailure):  # again, and not by luck the second time
        stale.save(update_fields=chosen)
    stale.refresh_from_db()
    stale.phone_number = "second"
    stale.save(update_fields=chosen)
    assert User.objects.get(pk=ada.pk).phone_number == "second"


def test_a_save_of_a_deleted_row_fails(ada: User) -> None:
    stale = User.objects.get(pk=ada.pk)
    User.objects.filter(pk=ada.pk).delete()
    with pytest.raises(ConcurrencyFailure):
        stale.save()
    assert not User.objects.exists()


def test_an_async_save_is_guarded_too(ada: User) -> None:
    stale = User.objects.get(pk=ada.pk)
    ada.save()
    with pytest.raises(ConcurrencyFailure):
        async_to_sync(stale.asave)()


def test_a_null_stamp_is_a_stamp(ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(concurrency_stamp=None)
    user = User.objects.get(pk=ada.pk)
    stale = User.objects.get(pk=ada.pk)
    user.save()
    assert stored(user) is not None
    with pytest.raises(ConcurrencyFailure):
        stale.save()


def test_a_deferred_stamp_is_read_at_the_save(ada: User) -> None:
    partial = User.objects.only("phone_number").get(pk=ada.pk)
    partial.phone_number = "5"
    partial.save()
    assert stored(ada) == partial.concurrency_stamp != ada.concurrency_stamp
    with pytest.raises(ConcurrencyFailure):
        ada.save()


def test_refreshing_other_fields_takes_no_newer_stamp(ada: User) -> None:
    stale = User.objects.get(pk=ada.pk)
    ada.phone_number = "1"
    ada.save()
    stale.refresh_from_db(fields=["phone_number"])
    with pytest.raises(ConcurrencyFailure):
        stale.save()


def test_what_only_django_knows_is_written_without_a_stamp(ada: User) -> None:
    stale = User.objects.get(pk=ada.pk)
    ada.save()
    stale.is_staff = True
    with CaptureQueriesContext(
        connection,
    ) as queries:
        stale.save(update_fields=["is_staff"])
    assert "ConcurrencyStamp" not in queries[-1]["sql"]
    assert User.objects.get(pk=ada.pk).is_staff
    ada.save()  # not stale: the stamp did not move


def test_a_bulk_update_renews_the_stamp(ada: User) -> None:
    before = stored(ada)
    assert User.objects.filter(pk=ada.pk).update(phone_number="9") == 1
    assert stored(ada) != before
    with pytest.raises(ConcurrencyFailure):
        ada.save()
    ada.refresh_from_db()
    ada.phone_number = "10"
    User.objects.bulk_update([ada], ["phone_number"])
    with pytest.raises(ConcurrencyFailure):
        ada.save()


def test_a_bulk_update_of_djangos_columns_does_not(ada: User) -> None:
    before = stored(ada)
    User.objects.update(is_active=False)
    assert stored(ada) == before

    async def update(**values: Any) -> None:
        await User.objects.aupdate(**values)

    async_to_sync(update)(last_login=None)
    assert stored(ada) == before
    async_to_sync(update)(access_failed_count=1)
    assert stored(ada) != before


def test_a_guarded_delete_looks_at_the_stamp(ada: User) -> None:
    stale = User.objects.get(pk=ada.pk)
    ada.save()
    with pytest.raises(ConcurrencyFailure):
        stale.delete_guarded()
    ada.delete_guarded()
    assert not User.objects.exists()


def test_roles_are_guarded_as_well(editors: Role) -> None:
    stale = Role.objects.get(pk=editors.pk)
    editors.name = "Writers"
    editors.save()
    assert (editors.normalized_name, editors.name) == ("WRITERS", "Writers")
    stale.name = "Authors"
    with pytest.raises(ConcurrencyFailure):
        stale.save()


def test_the_guard_costs_no_statement(ada: User, django_assert_num_queries: Any) -> None:
    user = User.objects.get(pk=ada.pk)
    user.phone_number = "3"
    with django_assert_num_queries(1):
        user.save()
    with django_assert_num_queries(1):
        user.save(update_fields=["phone_number"])
