"""The settings: people, policies, notices, keys, sources, webhooks, retention; one subject a file."""
