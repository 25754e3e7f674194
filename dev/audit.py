"""Ask the registries whether anything we are locked to has a known hole: `make audit`.

It needs the network, so it is no part of `make test`; run it daily and before a release.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PIP_AUDIT = "pip-audit==2.10.1"
LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-node.txt")


def questions() -> list[list[str]]:
    """One command for each lock file; hashes stay asked for, nothing is installed."""
    uv = os.environ.get("UV", "uv")
    python = [
        [uv, "tool", "run", PIP_AUDIT, "--require-hashes", "--disable-pip", "-r", lock]
        for lock in LOCKS
    ]
    return [*python, [str(ROOT / "dev" / "npm"), "audit", "--audit-level=moderate"]]


def main() -> int:
    """Ask all of them, also when one has found something."""
    failed = []
    for command in questions():
        print(f"\n== {' '.join(Path(part).name for part in command)}", flush=True)
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            failed.append(command[-1])
    print(f"\n{'FOUND or unanswered: ' + ', '.join(failed) if failed else 'nothing known'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
