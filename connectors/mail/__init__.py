"""Mailboxes: reading (IMAP, Maildir), sending (SMTP, sendmail), and turning raw mail into text."""
