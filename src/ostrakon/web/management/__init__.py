"""What only those who build Ostrakon run."""
