"""Every table of every capability, in one import: what migrations and tests compare with."""

from server.audit import models as audit
from server.chart import models as chart
from server.consents import models as consents
from server.control import models as control
from server.db import Base
from server.identity import models as identity
from server.messages import models as messages
from server.people import models as people
from server.tasks import models as tasks
from server.visits import models as visits

CAPABILITIES = (audit, chart, consents, control, identity, messages, people, tasks, visits)
METADATA = Base.metadata
