"""What can be wrong with an import source; each class has the code the report shows.

Every message says what was found, what was expected and what to do, and shows no password:
names of sources are masked before they come here.
"""

from __future__ import annotations

from identity_bridge.exceptions import ImportSourceError


class SourceNotUnderstood(ImportSourceError):
    """The name given for a source, or what its tables look like, is nothing we can read."""

    code = "source_not_understood"


class SourceNotFound(ImportSourceError):
    """There is no such file, folder or DATABASES alias."""

    code = "source_not_found"


class SourceUnreachable(ImportSourceError):
    """The server, file or folder exists but does not let us in."""

    code = "source_unreachable"


class SourceNotADatabase(ImportSourceError):
    """The file is not a SQLite database."""

    code = "source_not_a_database"


class SourceTablesMissing(ImportSourceError):
    """The database holds no table of users of any known generation."""

    code = "source_tables_missing"


class SourceAmbiguous(ImportSourceError):
    """Several tables could be the one that is looked for."""

    code = "source_ambiguous"


class SourceDriverMissing(ImportSourceError):
    """The Python driver for this kind of database is not installed."""

    code = "source_driver_missing"


class SourceConnectionLost(ImportSourceError):
    """The source went away, or changed under us, while it was read."""

    code = "source_connection_lost"


class SourceFileBroken(ImportSourceError):
    """A file of the source is damaged: not readable to its end, or not what it says it is."""

    code = "source_file_broken"


class SourceReadFailed(ImportSourceError):
    """The source refused a query, for example for want of rights on a table."""

    code = "source_read_failed"
