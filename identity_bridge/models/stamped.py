"""Optimistic concurrency: rows whose every change is guarded by the stamp that was read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import connections, models, router

from identity_bridge.aspnet.stamps import new_concurrency_stamp
from identity_bridge.exceptions import ConcurrencyFailure
from identity_bridge.fields import ExactTextField

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from typing import Self


class StampedQuerySet(models.QuerySet[Any]):
    """A queryset whose bulk changes of .NET's columns give the rows a new ConcurrencyStamp.

    EF writes all columns of a row it has read; without a new stamp it would silently write
    the old values back.
    """

    def update(self, **kwargs: Any) -> int:
        if not set(kwargs) <= self.model.DJANGO_ONLY_FIELDS:
            kwargs.setdefault("concurrency_stamp", new_concurrency_stamp())
        return super().update(**kwargs)

    update.alters_data = True  # type: ignore[attr-defined]

    async def aupdate(self, **kwargs: Any) -> int:
        if not set(kwargs) <= self.model.DJANGO_ONLY_FIELDS:
            kwargs.setdefault("concurrency_stamp", new_concurrency_stamp())
        return await super().aupdate(**kwargs)

    aupdate.alters_data = True  # type: ignore[attr-defined]


class StampedModel(models.Model):
    """A row with a ConcurrencyStamp: UPDATE … WHERE Id AND ConcurrencyStamp, as UserStore does.

    :raises ConcurrencyFailure: on ``save()`` and ``delete_guarded()``, when the row was changed
        or deleted by anybody since it was read.
    """

    #: Columns that .NET does not know: changing only these needs no guard and no new stamp.
    DJANGO_ONLY_FIELDS: ClassVar[frozenset[str]] = frozenset()

    concurrency_stamp = ExactTextField(
        db_column="ConcurrencyStamp", null=True, blank=True, editable=False
    )

    _read_stamp: str | None
    _saves_whole_row: bool = False

    class Meta:
        abstract = True

    def save(
        self,
        *,
        force_insert: Any = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        chosen = None if update_fields is None else set(update_fields)
        self._saves_whole_row = chosen is None
        if self._state.adding:
            self.concurrency_stamp = self.concurrency_stamp or new_concurrency_stamp()
        elif chosen is None or not chosen <= self.DJANGO_ONLY_FIELDS:
            if "concurrency_stamp" not in self.__dict__:
                self.refresh_from_db(fields=["concurrency_stamp"])
            self.concurrency_stamp = new_concurrency_stamp()
            if chosen:
                chosen.add("concurrency_stamp")
        using = using or router.db_for_write(type(self), instance=self)
        broken_before = connections[using].needs_rollback
        try:
            super().save(
                force_insert=force_insert,
                force_update=force_update,
                using=using,
                update_fields=chosen,
            )
        except Exception as error:
            if isinstance(error, ConcurrencyFailure) and not broken_before:
                # Model.save() gives up the transaction at any error. Nothing was written here,
                # and who catches this must be able to go on.
                connections[using].needs_rollback = False
            if not self._state.adding and "concurrency_stamp" in self.__dict__:
                self.concurrency_stamp = self._read_stamp
            raise
        self._remember_read(chosen)

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **kwargs: Any
    ) -> Self:
        # kwargs: fetch_mode, since Django 6.1.
        instance = super().from_db(db, field_names, values, **kwargs)
        instance._remember_read()
        return instance

    def refresh_from_db(
        self, using: str | None = None, fields: Any = None, from_queryset: Any = None
    ) -> None:
        super().refresh_from_db(using, fields, from_queryset)
        self._remember_read(fields)

    def _remember_read(self, fields: Collection[str] | None = None) -> None:
        """Keep what a later save is compared with; ``fields`` are those just read or written."""
        if fields is None or "concurrency_stamp" in fields:
            # A deferred stamp is read at the save.
            self._read_stamp = self.__dict__.get("concurrency_stamp")
        self._read_unguarded = getattr(self, "_read_unguarded", {}) | {
            name: self.__dict__[name]
            for name in self.DJANGO_ONLY_FIELDS
            if name in self.__dict__ and (fields is None or name in fields)
        }

    def _do_update(self, base_qs: Any, using: Any, pk_val: Any, values: Any, *rest: Any) -> Any:
        # Django's own hook: one UPDATE of this row, restricted here to the stamp that was read.
        stamped = any(field.attname == "concurrency_stamp" for field, *_value in values)
        if self._state.adding or not stamped:
            return super()._do_update(base_qs, using, pk_val, values, *rest)
        if self._saves_whole_row:
            # A save of the whole row. The stamp does not guard these columns: one that nobody
            # changed here may have been taken away (superuser, active) since it was read.
            read = getattr(self, "_read_unguarded", {})
            values = [
                given
                for given in values
                if given[0].attname not in read or read[given[0].attname] != given[2]
            ]
        guarded = base_qs.filter(concurrency_stamp=self._read_stamp)
        updated = super()._do_update(guarded, using, pk_val, values, *rest)
        if not updated:
            raise ConcurrencyFailure(
                f"{self._meta.verbose_name} {pk_val} was changed or deleted since it was read; "
                "read it again and repeat the change."
            )
        return updated

    def delete_guarded(self) -> None:
        """Delete the row if it is still as it was read (UserStore.DeleteAsync).

        :raises ConcurrencyFailure: the row was changed or deleted since.
        """
        rows = type(self)._base_manager.using(self._state.db).filter(pk=self.pk)
        if not rows.filter(concurrency_stamp=self._read_stamp).exists():
            raise ConcurrencyFailure(
                f"{self._meta.verbose_name} {self.pk} was changed or deleted since it was read."
            )
        self.delete()
