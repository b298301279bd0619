"""Notifications as finished strings, on the bell and on their page."""

from dataclasses import dataclass

from billing_app.domain.notifications import Kind
from billing_app.kit.wording import moment
from billing_app.services.notifications.listing import MOST_COUNTED, Told

ICONS = {
    Kind.READY: "hourglass",
    Kind.SENT_BACK: "undo",
    Kind.MAIL_FAILED: "mail",
    Kind.JOB_FAILED: "alert",
    Kind.PAYMENT_CAME: "pay",
    Kind.PAYMENT_DOUBTED: "warn",
    Kind.IMPORT_DONE: "upload",
    Kind.BULK_DONE: "layers",
    Kind.PUSH_FAILED: "sync",
}
WRONG = frozenset({Kind.MAIL_FAILED, Kind.JOB_FAILED, Kind.PAYMENT_DOUBTED, Kind.PUSH_FAILED})


@dataclass(frozen=True)
class ToldRow:
    """One notification."""

    id: int
    icon: str
    tone: str
    text: str
    detail: str
    when: str
    href: str
    is_unread: bool


def told_row(told: Told, zone: str) -> ToldRow:
    """One notification in a time zone."""
    return ToldRow(
        id=told.id,
        icon=ICONS[told.kind],
        tone="danger" if told.kind in WRONG else "info",
        text=told.sentence,
        detail=told.detail,
        when=moment(told.at, zone),
        href=told.href,
        is_unread=told.is_unread,
    )


def count_words(count: int) -> str:
    """What stands on the bell: "3", "99+", or nothing."""
    if not count:
        return ""
    return f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else f"{count}"
