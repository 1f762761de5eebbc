"""Turn what database drivers give into plain values."""

from __future__ import annotations

import base64
import datetime as dt
import decimal
import math
import uuid
from typing import Any


def guid_text(value: object) -> object:
    """Return a Guid as .NET prints it: lower case with dashes.

    Bytes are those of SQL Server and of ``Guid.ToByteArray``: the first three groups little
    endian. Anything that is no Guid comes back as it is; the plan reports it.
    """
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, bytes) and len(value) == 16:
        return str(uuid.UUID(bytes_le=value))
    if isinstance(value, str):
        return value.lower()
    return value


def to_jsonable(value: Any) -> Any:
    """Return a custom column's value as JSON can hold it, without loss.

    Decimal becomes its text, dates and times ISO 8601, bytes base64, Guids lower-case text;
    a float that JSON has no word for becomes its text as well.
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, decimal.Decimal | uuid.UUID):
        return str(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return value.total_seconds()
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(bytes(value)).decode("ascii")
    if isinstance(value, dict):
        return {str(key): to_jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [to_jsonable(item) for item in value]
    return str(value)
