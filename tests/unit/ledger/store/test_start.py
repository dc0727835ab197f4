"""What a command on SQLite does not load."""

import subprocess
import sys


def test_the_postgresql_driver_is_left_out() -> None:
    """Each command on SQLite would start a tenth of a second later."""
    program = "import sys, ledger.ledger, projections.query; sys.exit('psycopg' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
