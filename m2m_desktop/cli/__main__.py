"""Starts the command line: ``python -m m2m_desktop.cli``, and the stand-alone ``m2m``."""

import sys

from m2m_desktop.cli import main

if __name__ == "__main__":
    if sys.argv[1:] == ["--read-table"]:  # the stand-alone program is its own reader of tables
        from m2m_desktop.services.tables import reader_process

        reader_process.main()
    else:
        raise SystemExit(main())
