"""What comes in: sources, accounts, reports, published lists, evidence; stored once, with its provenance."""
