"""Read a source by ranges of keys and plan each range: flat memory, no statement for a user."""

from __future__ import annotations

from queue import Full, Queue
from threading import Event, Thread
from typing import TYPE_CHECKING

from .records import CHILD_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .plan import PlannedBatch, Planner
    from .sources.source import Source


class BatchReader:
    """Gives the planned batches of a source; as often as asked, each time from the start."""

    def __init__(self, source: Source, planner: Planner, *, batch_size: int) -> None:
        self.source = source
        self.planner = planner
        self.batch_size = batch_size
        self._tables = [table for table in CHILD_FIELDS if source.has(table)]
        self._with_extras = source.has_extras("users")

    def batches(self) -> Iterator[PlannedBatch]:
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
            yield self.planner.plan(users.rows, children, with_extras=self._with_extras)
            after = users.last_key

    def ahead(self) -> Iterator[PlannedBatch]:
        """Yield the same batches, the next one being made while this one is written.

        The writer mostly waits for the target's server; a thread plans meanwhile. At most two
        batches are alive beside the one in hand.
        """
        made: Queue[PlannedBatch | BaseException | None] = Queue(maxsize=1)
        stopped = Event()

        def put(item: PlannedBatch | BaseException | None) -> None:
            while not stopped.is_set():
                try:
                    made.put(item, timeout=0.1)
                except Full:
                    continue
                return

        def produce() -> None:
            try:
                for batch in self.batches():
                    put(batch)
                    if stopped.is_set():
                        return
                put(None)
            except BaseException as error:  # handed over and raised where the batches are used
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
