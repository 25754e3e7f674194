"""The cast: the same people in every test, in the demo and in the pictures.

Morgan is the patient of most stories and Dr. Rivera treats her; Dr. Osei is of the same clinic
but not hers; Dr. Lind and Robin are of another clinic; Jordan coordinates. Noor looks after the
accounts, Priya audits and is the privacy officer.
"""

from server.demo.cast import (
    ALEX,
    ANA,
    CASEY,
    COMPANIONS,
    DEMO_PASSWORD,
    DR_LIND,
    DR_OSEI,
    DR_RIVERA,
    HARBOR,
    HOUSES,
    JORDAN_LEE,
    LAKESIDE,
    LINH,
    MORGAN,
    NOOR_HADDAD,
    PATIENTS,
    PRIYA_RAMAN,
    ROBIN,
    SAM_TAYLOR,
    SAM_WHITFIELD,
    STAFF,
)
from server.demo.visits import OpenVisit, open_visit

__all__ = [
    "ALEX",
    "ANA",
    "CASEY",
    "COMPANIONS",
    "DEMO_PASSWORD",
    "DR_LIND",
    "DR_OSEI",
    "DR_RIVERA",
    "HARBOR",
    "HOUSES",
    "JORDAN_LEE",
    "LAKESIDE",
    "LINH",
    "MORGAN",
    "NOOR_HADDAD",
    "PATIENTS",
    "PRIYA_RAMAN",
    "ROBIN",
    "SAM_TAYLOR",
    "SAM_WHITFIELD",
    "STAFF",
    "OpenVisit",
    "open_visit",
]
