"""`python -m dev.fuzz --minutes 10 [target ...]`: ask each target for so long."""

from __future__ import annotations

import argparse
import secrets
import sys

from dev.fuzz import forms, wires
from dev.fuzz.clinic import a_clinic
from dev.fuzz.target import fuzz


def main() -> int:
    """Each target in turn; the first thing that breaks stops it, and is shown small."""
    asked = argparse.ArgumentParser(prog="dev.fuzz", description=__doc__)
    asked.add_argument("--minutes", type=float, default=1.0)
    asked.add_argument("targets", nargs="*", help="all of them when none is named")
    told = asked.parse_args()
    with a_clinic() as clinic:
        targets = {each.name: each for each in (*wires.everything(), *forms.everything(clinic))}
        if unknown := set(told.targets) - targets.keys():
            asked.error(
                f"no target {', '.join(sorted(unknown))}; there are {', '.join(targets)}"
            )
        for name in told.targets or targets:
            first = secrets.randbelow(2**31)
            count = fuzz(targets[name], told.minutes * 60, first_seed=first)
            print(f"{name:<16} {count:>9} examples, nothing broke (seed {first})", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
