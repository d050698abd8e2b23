"""Commands of Django, as they work in this house."""
