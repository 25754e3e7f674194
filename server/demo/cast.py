"""Who is who: two clinics, their staff, their patients and who comes along.

Everything is invented (555 numbers, example domains). Ids are derived from the names, so that
they are the same on every machine.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from server.identity.models import StaffRole
from server.people.models import CompanionKind

DEMO_PASSWORD = "harbor-demo-2026"  # noqa: S105  # invented, and only ever seeded in demo mode
_HOUSE = uuid.UUID("5f0b9f0e-9f54-4c8e-9d6c-3c1f5b0a7d11")


def _id(name: str) -> uuid.UUID:
    return uuid.uuid5(_HOUSE, name)


@dataclass(frozen=True)
class House:
    """One clinic."""

    name: str
    phone: str
    address: str
    timezone: str
    privacy_email: str

    @property
    def id(self) -> uuid.UUID:
        return _id(self.name)


@dataclass(frozen=True)
class Staff:
    """One member of staff; `states` are those they hold a licence for."""

    name: str
    role: StaffRole
    house: House
    short_name: str = ""
    credentials: str = ""
    states: tuple[str, ...] = ()
    on_call: bool = False

    @property
    def id(self) -> uuid.UUID:
        return _id(self.name)

    @property
    def email(self) -> str:
        *_, first, last = self.name.removeprefix("Dr. ").lower().split()
        return f"{first}.{last}@{self.house.name.split()[0].lower()}.example"


@dataclass(frozen=True)
class Person:
    """One patient, with the place they were last at and who supports them."""

    name: str
    house: House
    born_on: date
    phone: str
    timezone: str
    street: str = ""
    city: str = ""
    state: str = ""
    veteran: bool = False
    language: str = "en"
    support_name: str = ""
    support_phone: str = ""
    treated_by: tuple[Staff, ...] = ()

    @property
    def id(self) -> uuid.UUID:
        return _id(self.name)

    @property
    def email(self) -> str:
        return f"{self.name.lower().replace(' ', '.')}@mail.example"

    @property
    def short_name(self) -> str:
        first, last = self.name.split()
        return f"{first} {last[0]}."


@dataclass(frozen=True)
class Companion:
    """Somebody who comes along by a link of their own."""

    name: str
    kind: CompanionKind
    house: House
    phone: str
    born_on: date
    of: Person | None = None
    languages: str = ""

    @property
    def id(self) -> uuid.UUID:
        return _id(self.name)

    @property
    def email(self) -> str:
        return f"{self.name.lower().replace(' ', '.')}@mail.example"


HARBOR = House(
    "Harbor Clinic",
    "+13035550100",
    "1200 Larimer Street, Denver, CO 80204",
    "America/Denver",
    "priya.raman@harbor.example",
)
LAKESIDE = House(
    "Lakeside Clinic",
    "+13125550100",
    "400 Lake Street, Chicago, IL 60601",
    "America/Chicago",
    "privacy@lakeside.example",
)

DR_RIVERA = Staff(
    "Dr. Elena Rivera", StaffRole.PSYCHIATRIST, HARBOR, "Dr. Rivera", "MD", ("CO", "TX"), True
)
DR_OSEI = Staff("Dr. Kofi Osei", StaffRole.PSYCHIATRIST, HARBOR, "Dr. Osei", "MD", ("CO",))
SAM_WHITFIELD = Staff(
    "Sam Whitfield", StaffRole.THERAPIST, HARBOR, "Sam Whitfield", "LPC", ("CO",)
)
JORDAN_LEE = Staff("Jordan Lee", StaffRole.COORDINATOR, HARBOR)
DR_LIND = Staff(
    "Dr. Ingrid Lind", StaffRole.PSYCHIATRIST, LAKESIDE, "Dr. Lind", "MD", ("IL",), True
)
NOOR_HADDAD = Staff("Noor Haddad", StaffRole.CLINIC_ADMIN, HARBOR)
#: the auditor, who is also Harbor Clinic's privacy officer
PRIYA_RAMAN = Staff("Priya Raman", StaffRole.AUDITOR, HARBOR)

MORGAN = Person(
    "Morgan Taylor",
    HARBOR,
    date(1985, 3, 14),
    "+13035550142",
    "America/Denver",
    street="1450 Pearl Street",
    city="Boulder",
    state="CO",
    veteran=True,
    support_name="Sam Taylor",
    support_phone="+13035550148",
    treated_by=(DR_RIVERA, SAM_WHITFIELD),
)
ALEX = Person(
    "Alex Park",
    HARBOR,
    date(1990, 7, 2),
    "+15125550119",
    "America/Chicago",
    street="900 Congress Avenue",
    city="Austin",
    state="TX",
    support_name="Jamie Park",
    support_phone="+15125550120",
    treated_by=(DR_RIVERA,),
)
CASEY = Person(
    "Casey Nguyen",
    HARBOR,
    date(2010, 5, 20),
    "+13035550171",
    "America/Denver",
    street="77 Walnut Street",
    city="Denver",
    state="CO",
    support_name="Linh Nguyen",
    support_phone="+13035550172",
    treated_by=(DR_RIVERA,),
)
ROBIN = Person(
    "Robin Hale",
    LAKESIDE,
    date(1978, 11, 30),
    "+13125550133",
    "America/Chicago",
    street="12 Oak Street",
    city="Chicago",
    state="IL",
    treated_by=(DR_LIND,),
)

LINH = Companion(
    "Linh Nguyen", CompanionKind.GUARDIAN, HARBOR, "+13035550172", date(1979, 9, 9), CASEY
)
SAM_TAYLOR = Companion(
    "Sam Taylor", CompanionKind.SUPPORT_PERSON, HARBOR, "+13035550148", date(1984, 1, 3), MORGAN
)
ANA = Companion(
    "Ana Morales",
    CompanionKind.INTERPRETER,
    HARBOR,
    "+13035550160",
    date(1988, 4, 25),
    languages="Spanish",
)

HOUSES = (HARBOR, LAKESIDE)
STAFF = (DR_RIVERA, DR_OSEI, SAM_WHITFIELD, JORDAN_LEE, DR_LIND, NOOR_HADDAD, PRIYA_RAMAN)
PATIENTS = (MORGAN, ALEX, CASEY, ROBIN)
COMPANIONS = (LINH, SAM_TAYLOR, ANA)
