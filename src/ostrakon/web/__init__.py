"""The REST API, the login and the public pages. Views parse, call one verb or one query, and show."""
