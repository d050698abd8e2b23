"""Every job from the shell, one module a verb. Parse, call, show; no rules of its own."""
