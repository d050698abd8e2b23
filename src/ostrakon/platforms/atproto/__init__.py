"""atproto: accounts on a PDS, moderated through Ozone. The README beside says what it does and what it cannot do."""
