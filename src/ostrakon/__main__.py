"""``python -m ostrakon`` is ``ostrakon``."""

from ostrakon.cli.main import run

if __name__ == "__main__":
    run()
