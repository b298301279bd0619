"""Templates of mails: changed with a live preview, reset to stock."""
