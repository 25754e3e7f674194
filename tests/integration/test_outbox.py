"""Letters: once per occasion, on each road the person has."""

from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import func, select

from server.messages import letters, service
from server.messages.models import Letter
from tests.people import HARBOR

WORDS = letters.visit_link(when="today at 3:00 PM", link="https://x/v/1", phone="303 555 0100")


def test_the_same_occasion_twice_is_one_letter_on_each_road(transaction, reading):
    about = uuid4()
    for _ in range(2):
        with transaction() as writing:
            service.enqueue(
                writing,
                letters.LetterKind.VISIT_LINK,
                about,
                WORDS,
                clinic_id=HARBOR.id,
                due_at=datetime.now(UTC),
                key="first",
                email="morgan@mail.example",
                phone="+13035550142",
            )
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Letter)) == 2
