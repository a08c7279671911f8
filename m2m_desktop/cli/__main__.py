"""Starts the command line: ``python -m m2m_desktop.cli``, and the stand-alone ``m2m``."""

from m2m_desktop.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
