"""The science: tables in, tables out. No Django, no network, no clock, no global state."""
