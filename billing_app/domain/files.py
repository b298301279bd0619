"""Attached files: which kinds are taken, what their bytes must look like, and who sees them.

A file is judged by its bytes, not by its name: its kind is the ending, and the bytes must agree.
Nothing that a browser or a computer would run passes, also not hidden inside a harmless kind.
"""

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from billing_app.domain.errors import Invalid

MAX_FILE_BYTES = 20 * 1_048_576
MAX_NAME = 120
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\"<>:|?*;%/\\]")
_RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)$")
_MARKUP = re.compile(rb"(?i)<(?:!doctype|html|script|svg|iframe|body|\?xml|\?php|%)")
_ZIP_END, _ZIP_TAIL = b"PK\x05\x06", 65_557
_STARTS: Mapping[str, tuple[bytes, ...]] = MappingProxyType(
    {
        "pdf": (b"%PDF-",),
        "png": (b"\x89PNG\r\n\x1a\n",),
        "jpg": (b"\xff\xd8\xff",),
        "jpeg": (b"\xff\xd8\xff",),
        "gif": (b"GIF87a", b"GIF89a"),
        "docx": (b"PK\x03\x04",),
        "xlsx": (b"PK\x03\x04",),
        "odt": (b"PK\x03\x04",),
        "ods": (b"PK\x03\x04",),
    }
)
_PACKED: Mapping[str, bytes] = MappingProxyType(
    {
        "docx": b"word/",
        "xlsx": b"xl/",
        "odt": b"application/vnd.oasis.opendocument.text",
        "ods": b"application/vnd.oasis.opendocument.spreadsheet",
    }
)
_TEXTS = frozenset({"txt", "csv"})
KINDS = tuple(sorted({*_STARTS, *_TEXTS}))
_MACROS = b"vbaProject"


class FileAccess(StrEnum):
    """Who may know of a file (SPEC ERP-26)."""

    CREATOR = "CU"
    INTERNAL = "IN"
    EXTERNAL = "EX"

    @property
    def label(self) -> str:
        """The permission in words."""
        return _ACCESS_LABELS[self]


_ACCESS_LABELS: Mapping[FileAccess, str] = MappingProxyType(
    {
        FileAccess.CREATOR: "Creator only",
        FileAccess.INTERNAL: "Internal users",
        FileAccess.EXTERNAL: "Internal users + external users",
    }
)


class FileOwner(StrEnum):
    """What a file is attached to."""

    INVOICE = "invoice"
    CUSTOMER = "customer"


def staff_see(access: FileAccess, *, is_uploader: bool, is_admin: bool) -> bool:
    """Whether one of the staff may know of a file."""
    return access is not FileAccess.CREATOR or is_uploader or is_admin


def file_name(given: str) -> tuple[str, str]:
    """The name and ending a file is kept under, from what a browser calls it.

    Raises: Invalid for an ending that is not taken, or one hidden before the last.
    """
    plain = unicodedata.normalize("NFC", given.replace("\\", "/").rpartition("/")[2])
    name, _, ending = _UNFIT.sub("", plain).strip(". ").rpartition(".")
    ending = ending.casefold()
    if ending not in KINDS:
        raise Invalid.of("file", f"Files of this kind are not taken. Send {', '.join(KINDS)}.")
    inner = name.rpartition(".")[2].casefold().strip()
    if "." in name and (inner in KINDS or inner in _RUNNABLE):
        raise Invalid.of("file", "The name has two endings. Rename the file.")
    name = name.strip(". ")[:MAX_NAME].strip(". ") or "file"
    return (f"{name}-file" if _RESERVED.match(name) else name), ending


_RUNNABLE = frozenset(
    [
        "exe", "com", "bat", "cmd", "scr", "pif", "msi", "js", "mjs", "vbs", "ps1", "sh", "php",
        "html", "htm", "xhtml", "svg", "xml", "jar", "app", "lnk", "hta", "docm", "xlsm",
    ]
)  # fmt: skip


def check_content(ending: str, content: bytes) -> None:
    """Check that the bytes are what the ending says. Raises: Invalid."""
    if not content:
        raise Invalid.of("file", "This file is empty.")
    if len(content) > MAX_FILE_BYTES:
        raise Invalid.of("file", "Files may have up to 20 MB.")
    if not (_is_text(content) if ending in _TEXTS else _is_binary(ending, content)):
        raise Invalid.of("file", "What is in this file is not what its name says.")


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in content and not _MARKUP.search(content)


def _is_binary(ending: str, content: bytes) -> bool:
    if not content.startswith(_STARTS[ending]):
        return False
    if ending in _PACKED:
        return _PACKED[ending] in content and _MACROS not in content
    # a picture or paper that is an archive or a page as well would be read as one elsewhere
    return _ZIP_END not in content[-_ZIP_TAIL:] and not _MARKUP.search(content[:1_024])
