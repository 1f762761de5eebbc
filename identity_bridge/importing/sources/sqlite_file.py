"""Open a SQLite file so that nothing of it, nor beside it, changes.

https://www.sqlite.org/uri.html: ``mode=ro`` refuses writes. A file in WAL mode (EF leaves its
files so) makes even a reader create ``-wal`` and ``-shm`` files, and leave them there; where no
other process has it open it is therefore read with ``immutable=1``, and watched.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from identity_bridge.importing.sources.errors import (
    SourceConnectionLost,
    SourceFileBroken,
    SourceNotADatabase,
    SourceUnreachable,
)

MAGIC = b"SQLite format 3\x00"
WAL_MODE = 2
HEADER_SIZE = 100


class SqliteFile:
    """One SQLite file, opened read only."""

    def __init__(self, path: Path) -> None:
        """Look at the file.

        :raises SourceUnreachable: no right to read it.
        :raises SourceNotADatabase: it does not begin as SQLite files do.
        :raises SourceFileBroken: it is shorter than its header says.
        """
        self.path = path
        header = self._header()
        self.immutable = header[18] == WAL_MODE and not self._wal().exists()
        self._state = self._stat()

    def engine(self) -> sa.Engine:
        return sa.create_engine(
            "sqlite://", creator=self._connect, poolclass=NullPool, hide_parameters=True
        )

    def check_unchanged(self) -> None:
        """Refuse to go on when somebody wrote to a file that is read as immutable.

        :raises SourceConnectionLost: it has changed; what was read may not fit together.
        """
        if self.immutable and (self._wal().exists() or self._stat() != self._state):
            raise SourceConnectionLost(
                f"{self.path} was written to while it was read. Expected nobody to use it: "
                "stop the application, or read a copy, and run again."
            )

    def _connect(self) -> Any:
        connection = self._try(immutable=self.immutable)
        if connection is None and not self.immutable:
            # A folder where no -shm file can be made: read it as it stands.
            self.immutable = True
            connection = self._try(immutable=True)
        if connection is None:
            raise SourceUnreachable(
                f"{self.path} cannot be opened. Expected a file this process may read, in a "
                "folder it may enter. Check their rights, or read a copy."
            )
        return connection

    def _try(self, *, immutable: bool) -> sqlite3.Connection | None:
        uri = f"file:{quote(str(self.path.resolve()))}?mode=ro" + "&immutable=1" * immutable
        connection = None
        try:
            # Used by one thread at a time, but not always by the same one: see reading.py.
            connection = sqlite3.connect(
                uri, uri=True, check_same_thread=False, isolation_level=None
            )
            connection.execute("PRAGMA query_only = ON")
            # Nothing is read from the file, and no lock taken, before the first statement.
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.DatabaseError as error:
            if connection is not None:
                connection.close()
            if isinstance(error, sqlite3.OperationalError):
                if "unable to open" in str(error) or "readonly" in str(error):
                    return None
                raise SourceUnreachable(f"{self.path} cannot be read: {error}.") from error
            raise SourceFileBroken(
                f"{self.path} is damaged: {error}. Expected a whole SQLite file; copy it again."
            ) from error
        return connection

    def _header(self) -> bytes:
        try:
            with self.path.open("rb") as file:
                header = file.read(HEADER_SIZE)
            size = self.path.stat().st_size
        except OSError as error:
            raise SourceUnreachable(
                f"{self.path} cannot be read: {error.strerror}. Check its rights."
            ) from error
        if not header.startswith(MAGIC):
            raise SourceNotADatabase(
                f"{self.path} is not a SQLite database: it begins with {header[:16]!r}, expected "
                f"{MAGIC!r}. A .bak, .mdf or SQL script must be loaded into its server first; "
                "CSV and JSON Lines files are read by naming their folder."
            )
        page_size = int.from_bytes(header[16:18], "big")
        page_size = 65536 if page_size == 1 else page_size
        pages = int.from_bytes(header[28:32], "big")
        # The count is valid only when the two change counters agree (file format, 1.3.8).
        if header[24:28] == header[92:96] and size < pages * page_size:
            raise SourceFileBroken(
                f"{self.path} is cut off: {size} bytes, expected {pages * page_size}. "
                "Copy it again."
            )
        return header

    def _wal(self) -> Path:
        return self.path.with_name(self.path.name + "-wal")

    def _stat(self) -> tuple[int, int]:
        stat = os.stat(self.path)
        return stat.st_size, stat.st_mtime_ns
