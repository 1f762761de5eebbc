"""Read a source by ranges of keys and plan each range: flat memory, no statement for a user."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from queue import Full, Queue
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, TypeVar

from .conversion import to_key
from .digests import source_digest
from .records import CHILD_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .plan import PlannedBatch, Planner
    from .sources.source import Source


T = TypeVar("T")


@dataclass
class SourceRange:
    """The rows of one range of keys, as the source gave them."""

    users: list[tuple[Any, ...]]
    children: dict[str, list[tuple[Any, ...]]]

    @cached_property
    def digest(self) -> bytes:
        """Stands for all of them."""
        return source_digest(self.users, self.children)


class BatchReader:
    """Gives the ranges of a source, planned or not; as often as asked, each time from the start."""

    def __init__(self, source: Source, planner: Planner, *, batch_size: int) -> None:
        self.source = source
        self.planner = planner
        self.batch_size = batch_size
        self._tables = [table for table in CHILD_FIELDS if source.has(table)]
        self._with_extras = source.has_extras("users")

    def ranges(self) -> Iterator[SourceRange]:
        """Yield every user with all rows of its side tables, and every row of nobody."""
        after, more = None, True
        while more:
            users = self.source.read_users(after=after, limit=self.batch_size)
            more = users.more
            up_to = users.last_key if more else None
            children = {
                table: self.source.read_children(table, after=after, up_to=up_to)
                for table in self._tables
            }
            read = SourceRange(users.rows, children)
            read.digest  # noqa: B018 - here, in the reader's thread
            yield read
            after = users.last_key

    def plan(self, read: SourceRange) -> PlannedBatch:
        """Make records of the rows of one range."""
        batch = self.planner.plan(read.users, read.children, with_extras=self._with_extras)
        batch.source_digest = read.digest
        return batch

    def keys(self, read: SourceRange) -> list[Any]:
        """Return the target's keys of the users of one range."""
        key_type = self.planner.options.key_type
        return [to_key(row[0], key_type) for row in read.users if row[0] is not None]

    def batches(self) -> Iterator[PlannedBatch]:
        """Yield all ranges, planned."""
        return map(self.plan, self.ranges())

    def ahead(self) -> Iterator[PlannedBatch]:
        """Yield all ranges, planned; the next one is made while this one is written."""
        return _ahead(self.batches())

    def ranges_ahead(self) -> Iterator[SourceRange]:
        """Yield all ranges; the next one is read while this one is compared."""
        return _ahead(self.ranges())


def _ahead(items: Iterator[T]) -> Iterator[T]:
    """Yield the same items, made by a thread of their own.

    Who uses them mostly waits for the target's server. At most two items are alive beside the
    one in hand.
    """
    made: Queue[T | BaseException | None] = Queue(maxsize=1)
    stopped = Event()

    def put(item: T | BaseException | None) -> None:
        while not stopped.is_set():
            try:
                made.put(item, timeout=0.1)
            except Full:
                continue
            return

    def produce() -> None:
        try:
            for item in items:
                put(item)
                if stopped.is_set():
                    return
            put(None)
        except BaseException as error:  # handed over and raised where the items are used
            put(error)

    thread = Thread(target=produce, name="import-reader", daemon=True)
    thread.start()
    try:
        while (item := made.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stopped.set()
        thread.join()
