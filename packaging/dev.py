"""The project's one runner: sets everything up, then does the job. `python packaging/dev.py` lists the jobs.

Needs nothing but Python 3.11 or newer. This file must be readable by any older Python, because
it is the one that has to tell the user so; the work is done in the files beside it.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "mention2meddra Desktop needs Python 3.11 or newer; this is Python %d.%d (%s).\n"
        "Install a newer Python, then run the same command with it, for instance:\n"
        "    python3.12 packaging/dev.py run"
        % (sys.version_info[0], sys.version_info[1], sys.executable)
    )

from _commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
