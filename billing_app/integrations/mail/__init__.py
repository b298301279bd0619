"""How mails leave: over SMTP, or into a folder where there is no server."""
