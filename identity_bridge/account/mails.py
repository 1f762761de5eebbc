"""The mails of the account pages, sent outside of the request.

How long a mail takes would tell whether there is an account. So the answer does not wait for it: a
few threads render and send, after the transaction. They query no database. A mail that waits when
the process ends is lost, and its owner asks again.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial
from queue import Empty, Full, Queue
from threading import Semaphore, Thread
from typing import TYPE_CHECKING, Any

from django.db import connections, transaction
from django.utils import translation
from django.views.decorators.debug import sensitive_variables

from identity_bridge.adapter import get_adapter
from identity_bridge.aspnet.errors import NormalizationError
from identity_bridge.aspnet.normalization import normalize_email
from identity_bridge.conf import get_settings
from identity_bridge.signin import rate_limit
from identity_bridge.users.saving import database_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from identity_bridge.models import AbstractIdentityUser

logger = logging.getLogger("identity_bridge.account")

TEMPLATES = "identity_bridge/account/mail"
IN_THREAD, DIRECT = DELIVERIES = ("thread", "direct")

MAX_MAILS_PER_ADDRESS = (5, 3600)
"""Of one template in so many seconds, whoever asked for them: nobody's inbox shall be flooded."""
NONE = "none"
"""The template where nothing is sent."""
MAX_WAITING = 1000
MAX_THREADS = 4
"""Of one process. One mail server that does not answer must not hold up all mails."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    user: AbstractIdentityUser
    template: str
    """The file's name without ``_subject.txt`` and ``.txt``."""
    context: dict[str, Any]
    address: str | None
    """Where it goes, if not to the user's confirmed address."""
    language: str | None


def may_be_sent(request: HttpRequest, address: str, *, template: str) -> bool:
    """Count one mail to an address; False if it has had enough.

    Each template is counted for itself: whoever asks for one mail in somebody's name shall not use
    up another, a link to a new password least of all. Ask for addresses that get nothing too, with
    ``NONE``: it costs the same, and it takes nothing from what the address can get.
    """
    try:
        key = normalize_email(address) or ""
    except NormalizationError:
        key = address
    try:
        rate_limit.count_message(
            request=request, account=f"{template} {key}", limit=MAX_MAILS_PER_ADDRESS
        )
    except rate_limit.RateLimited:
        return False
    return True


@sensitive_variables("context", "mail")
def send(
    *,
    user: AbstractIdentityUser,
    template: str,
    address: str | None = None,
    **context: Any,
) -> None:
    """Send a mail after the transaction, in the language of the request. Raises nothing."""
    mail = Mail(
        user=user,
        template=template,
        context=context,
        address=address,
        language=translation.get_language(),
    )
    deliver = _hand_over if get_settings().MAIL_DELIVERY == DIRECT else _send_in_thread
    transaction.on_commit(partial(deliver, mail), using=database_of(user))


_waiting: Queue[Mail] = Queue(maxsize=MAX_WAITING)
_free = Semaphore(MAX_THREADS)


@sensitive_variables("mail")
def _send_in_thread(mail: Mail) -> None:
    try:
        _waiting.put_nowait(mail)
    except Full as error:
        _report(mail, error)
    _start()


def _start() -> None:
    if not _waiting.empty() and _free.acquire(blocking=False):
        try:
            Thread(target=_send_waiting, name="account-mails", daemon=True).start()
        except RuntimeError:  # no more threads, or the interpreter ends
            _free.release()
            logger.error("event=mails_not_sent error=no_thread waiting=%d", _waiting.qsize())


@sensitive_variables("mail")
def _send_waiting() -> None:
    try:
        while True:
            try:
                mail = _waiting.get_nowait()
            except Empty:
                break
            _hand_over(mail)
    finally:
        # An adapter may have looked into the database in spite of all.
        connections.close_all()
        _free.release()
    _start()  # for what came between the last look and the release


@sensitive_variables("mail", "context", "where")
def _hand_over(mail: Mail) -> None:
    # Only where there is one: adapters written for codes alone do not know the argument.
    where = {} if mail.address is None else {"address": mail.address}
    try:
        with translation.override(mail.language):
            get_adapter().send_mail(
                user=mail.user,
                template=f"{TEMPLATES}/{mail.template}",
                context=dict(mail.context),
                **where,
            )
    except Exception as error:
        _report(mail, error)


def _report(mail: Mail, error: Exception) -> None:
    # Only the class: the text of SMTP errors has the address, that of template errors a link.
    logger.error(
        "event=mail_not_sent template=%s user=%s error=%s",
        mail.template,
        ascii(str(mail.user.pk)),
        type(error).__qualname__,
    )
