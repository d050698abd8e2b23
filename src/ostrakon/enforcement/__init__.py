"""The one outbox: carries notices and commands out, and keeps the receipt of each."""
