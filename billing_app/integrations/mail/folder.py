"""Mails as files, where there is no mail server: the demo shows what would have been sent."""

import os
from hashlib import sha256
from pathlib import Path

from billing_app.integrations.mail.writing import written
from billing_app.services.mail.ports import Letter, MailDelayed


class FolderMailer:
    """Accepts every mail by writing it to a file; the same mail is the same file."""

    def __init__(self, folder: Path, sender: str) -> None:
        """Write to `folder`, which is made when the first mail comes."""
        self._folder, self._sender = folder, sender

    def send(self, letter: Letter, address: str) -> None:
        """Write the mail. Raises: MailDelayed where the folder cannot be written."""
        name = sha256(f"{letter.message_key} {address}".encode()).hexdigest()[:24]
        target = self._folder / f"{name}.eml"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            rough = self._folder / f"{name}.{os.getpid()}.part"
            with rough.open("wb") as file:
                file.write(f"X-Envelope-To: {address}\r\n".encode())
                file.write(written(letter, self._sender))
                file.flush()
                os.fsync(file.fileno())
            rough.replace(target)
        except OSError as error:
            raise MailDelayed(answer=str(error)) from error
