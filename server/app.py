"""Compose the web process: settings in, one Flask app out."""

from __future__ import annotations

import uuid
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, jsonify
from flask_wtf.csrf import generate_csrf
from joserfc.jwk import OKPKey
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.local import LocalProxy
from whitenoise import WhiteNoise

from config.settings import WebSettings
from server import answers, away, headers, http, knock
from server.access.actor import ActorKind
from server.assets import BASE, Assets
from server.audit.chain import open_database
from server.chart.routes import bp as chart
from server.control.dispatcher import Courier, Dispatcher
from server.db import Database
from server.demo_routes import bp as demo
from server.desk.routes import blueprints as desk
from server.doors import door
from server.emergency_access.routes import bp as emergency_access
from server.identity.doorkeeper import who
from server.identity.routes import bp as identity
from server.limits import Allowances
from server.oversight.routes import bp as oversight
from server.people import service as people
from server.risk import service as risk
from server.site_routes import bp as site
from server.staff.routes import blueprints as staff
from server.tenancy import EVERY_CLINIC
from server.visits.api import bp as visit_api
from server.visits.discreet_routes import bp as discreet
from server.visits.patient_routes import bp as patient
from server.visits.queries import whose_record
from server.worker import wake_outbox
from signaling import tickets

TEMPLATES = Assets().dist.parent / "templates"


def create_app(settings: WebSettings, *, assets: Assets | None = None) -> Flask:
    """The web process for these settings; opens no connection before the first request."""
    app = Flask("server", template_folder=str(TEMPLATES), static_folder=None)
    app.config.update(
        SESSION_COOKIE_NAME="__Host-form",
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=256 * 1024,
        MAX_FORM_MEMORY_SIZE=256 * 1024,
        WTF_CSRF_TIME_LIMIT=12 * 3600,
    )
    furnish(app, settings)
    answers.install(app)
    away.install(app)
    knock.install(app, who, whose_record)
    blueprints = [site, identity, patient, discreet, visit_api, chart, emergency_access]
    blueprints += [*desk, *staff, oversight]
    for each in [*blueprints, *([demo] if settings.demo else [])]:
        app.register_blueprint(each)
    app.add_url_rule("/healthz", "healthz", _healthz)
    _teach_templates(app, assets or Assets())
    return app


def furnish(app: Flask, settings: WebSettings) -> None:
    """What an app has of its own beside its pages: settings, database, keys, bells, tallies."""
    app.config["SECRET_KEY"] = settings.secret_key.get_secret_value()
    database = open_database(settings)
    key = tickets.private_key(settings.ticket_private_key.get_secret_value())
    app.extensions.update(
        settings=settings,
        database=database,
        allowances=Allowances(),
        ticket_key=key,
        signaling_keys=tickets.public_keys(settings.signaling_public_key),
        dispatcher=_wire(database, settings, key),
    )


def served(app: Flask, assets: Assets | None = None) -> Any:
    """The app with the built front end in front of it, cached for ever by its hashed names."""
    dist = (assets or Assets()).dist
    beside = headers.of_files(app.extensions["settings"])

    def add(told: Any, _path: str, _url: str) -> None:
        for name, value in beside.items():
            told[name] = value

    return WhiteNoise(
        app,
        root=str(dist),
        prefix=BASE,
        immutable_file_test=_is_new_with_its_content,
        allow_all_origins=False,
        add_headers_function=add,
    )


def _is_new_with_its_content(_path: str, _url: str) -> bool:
    return True  # each address that a page names is (Assets.tags, Assets.url)


def _wire(database: Database, settings: WebSettings, key: OKPKey) -> Dispatcher:
    """What happens right after a commit; a sweep of the worker stands behind each."""
    courier = Courier(settings.signaling_nodes, key)
    dispatcher = Dispatcher(database, courier)
    database.when_committed("control", dispatcher.wake)
    database.when_committed("outbox", wake_outbox(settings))
    return dispatcher


@door("page:public", api=True, passive=True)
def _healthz() -> Any:
    """Whether this process and its database answer."""
    with http.reading() as session:
        session.execute(text("SELECT 1"))
    return jsonify({"ok": True})


def _teach_templates(app: Flask, assets: Assets) -> None:
    """What every template knows without being told."""

    # A build is read once and says the same of every page.
    app.jinja_env.globals.update(asset_tags=cache(assets.tags), asset_url=cache(assets.url))

    def context() -> dict[str, Any]:
        return {
            "csrf_token": generate_csrf,
            "actor": http.actor(),
            "signed_in": http.actor().kind is ActorKind.STAFF,
            "clinic": LocalProxy(cache(_clinic)),  # looked up, once, by a page not told of it
            "help_lines": risk.help_lines(),
            "local_time": local_time,
            "demo": http.settings().demo,
            "exit_url": away.SOMEWHERE_DULL,
        }

    app.context_processor(context)


def _clinic() -> Any:
    """The clinic of the asker; a stranger is told of the one clinic there is, or of none.

    The page that says the database is away needs none, and neither does help (R-09, TEL-16).
    """
    known: uuid.UUID | None = http.actor().clinic_id
    try:
        with http.database().reading(known or EVERY_CLINIC) as session:
            return people.clinic_for_page(session, known)
    except SQLAlchemyError:
        return None


def local_time(moment: datetime, zone: str, form: str = "%H:%M") -> str:
    """A moment in somebody's own zone."""
    return moment.astimezone(ZoneInfo(zone)).strftime(form)
