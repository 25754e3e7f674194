"""Orders to signaling that are not delivered yet."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from server.db import A4, PLAIN, Base, identifier
from server.tenancy import OfTheHouse


class ControlOrder(Base):
    """One order to one node, kept until it is delivered or no longer matters."""

    __tablename__ = "control_orders"
    __tenancy__ = OfTheHouse("the dispatcher carries the orders of all clinics")

    id: Mapped[uuid.UUID] = identifier()
    node: Mapped[str] = mapped_column(String(40), info=PLAIN)
    #: admit | park | remove | move | end | change | revoke | rehome
    order: Mapped[str] = mapped_column(String(12), info=PLAIN)
    claims: Mapped[dict[str, Any]] = mapped_column(JSON, info=A4)
    created_at: Mapped[datetime] = mapped_column(index=True, info=PLAIN)
    drop_after: Mapped[datetime] = mapped_column(info=PLAIN)
    attempts: Mapped[int] = mapped_column(default=0, info=PLAIN)
    next_try_at: Mapped[datetime] = mapped_column(info=PLAIN)

    @hybrid_property
    def is_bell(self) -> bool:
        """Boards and pages shall look again: no content, and never ahead of the deed."""
        return self.order == "change"
