"""What happened to an invoice, in words."""

import json
from dataclasses import dataclass

from billing_app.kit.wording import moment
from billing_app.persistence.queries.invoices.record import Happening
from billing_app.staff.invoices.rows import HIDDEN, Sight

HAPPENED = {
    "created": "Created",
    "changed": "Changed",
    "assemble": "Assembled",
    "ready": "Set to Ready for Posting",
    "post": "Posted",
    "unpost": "Set back to Ready for Posting",
    "cancel": "Cancelled",
    "void": "Voided",
    "delete": "Deleted",
    "dissolve": "Dissolved",
    "noted": "Note added",
    "text changed": "Text changed",
    "imported": "Imported",
    "duplicated": "Duplicated",
    "paid": "Paid",
    "payment deleted": "Payment deleted",
    "payment cancelled": "Payment cancelled",
    "released": "Payment released",
    "refunded": "Refunded",
    "credited": "Credited",
    "reverse": "Correction made",
    "reopened": "Opened again",
    "disputed": "Disputed",
    "dispute answered": "Dispute answered",
    "dispute accepted": "Dispute accepted",
    "dispute rejected": "Dispute rejected",
    "dispute withdrawn": "Dispute withdrawn",
    "credit used": "Credit used",
    "credit taken back": "Credit taken back",
    "order linked": "Order linked",
    "order unlinked": "Order unlinked",
    "paper attached": "Own PDF attached",
    "changed after posting": "Changed after posting",
    "mail queued": "Mail queued",
    "mail queued again": "Mail queued again",
    "mail cancelled": "Mail cancelled",
    "mailed": "Mailed",
    "mail failed": "Mail failed",
    "marked as sent": "Marked as sent",
    "push queued": "Push to accounting queued",
    "pushed": "Pushed to accounting",
    "push failed": "Push to accounting failed",
    "accounting not followed": "Accounting could not be followed",
}
BY_CUSTOMERS = {"disputed", "dispute withdrawn"}
MONEY = {"payment", "credit", "invoice", "correction"}
ICONS = {
    "created": "plus",
    "assemble": "layers",
    "ready": "hourglass",
    "post": "stamp",
    "unpost": "undo",
    "cancel": "x",
    "void": "ban",
    "noted": "note",
    "disputed": "alert",
    "dispute answered": "note",
    "dispute accepted": "undo",
    "dispute rejected": "x",
    "dispute withdrawn": "undo",
    "mail queued": "mail",
    "mail queued again": "mail",
    "mail cancelled": "x",
    "mailed": "send",
    "mail failed": "warn",
    "marked as sent": "send",
    "push queued": "sync",
    "pushed": "sync",
    "push failed": "warn",
    "accounting not followed": "warn",
}


@dataclass(frozen=True)
class HistoryRow:
    """What happened, who did it, when."""

    icon: str
    what: str
    who: str
    when: str


def happened_row(row: Happening, sight: Sight) -> HistoryRow:
    """One entry of the history in people's words."""
    after = json.loads(row.after) if row.after else {}
    what = HAPPENED.get(row.what, row.what.capitalize())
    if row.what == "post" and after.get("number"):
        what = f"Posted as {after['number']}"
    elif after.get("copy_of"):
        what = f"{what} from {after['copy_of']}"
    elif MONEY & set(after):
        what = f"{what}: {after[min(MONEY & set(after))]}"
    elif after.get("order"):
        what = f"{what}: {after['order']}"
    elif after.get("reason") and (sight.partner or not row.what.startswith("mail")):
        what = f"{what}: {after['reason']}"
    elif row.what == "mailed" and after.get("to"):
        what = f"Mailed to {after['to'] if sight.partner else HIDDEN}"
    elif row.what == "text changed":
        what = f"{', '.join(after)} changed".replace("_", " ").capitalize()
    who = HIDDEN if row.what in BY_CUSTOMERS and not sight.partner else row.who
    return HistoryRow(ICONS.get(row.what, "pencil"), what, who, moment(row.at, sight.zone))
