"""The `mooring` command."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from server.commands.audit import audit
from server.commands.database import database
from server.commands.deployment import web_settings
from server.commands.doctor import doctor
from server.commands.house import House
from server.commands.probe import probe
from server.commands.routes import routes
from server.commands.up import up
from server.commands.user import user
from server.commands.visit import open_visit, seed_demo


@click.group()
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="The house's folder; without it the MOORING_* environment counts, or var/.",
)
@click.pass_context
def main(context: click.Context, data_dir: Path | None) -> None:
    """Video visits for clinics: run a house, open a visit, look after a deployment."""
    context.obj = data_dir


@main.command("up")
@click.option("--port", default=8000, show_default=True, help="The first of four ports.")
@click.option("--data-dir", type=click.Path(path_type=Path, file_okay=False))
@click.option("--quiet", is_flag=True, help="Write what the processes say to DATA_DIR/log.")
@click.pass_context
def up_command(context: click.Context, port: int, data_dir: Path | None, quiet: bool) -> None:
    """Bring up a whole demo house on this machine and print a link for each role."""
    house = House(data_dir or context.obj or Path("var"), port)
    sys.exit(up(house, quiet=quiet))


@main.command("demo")
@click.pass_obj
def demo_command(data_dir: Path | None) -> None:
    """Write the demo clinic into an empty database, and a day of visits."""
    seed_demo(web_settings(data_dir))
    click.echo("The demo clinic is there.")


@main.command("visit")
@click.option(
    "--json", "as_json", is_flag=True, help="Print one line of JSON and nothing else."
)
@click.option("--ready", is_flag=True, help="Check-in done: only the device test is left.")
@click.pass_obj
def visit_command(data_dir: Path | None, as_json: bool, ready: bool) -> None:
    """Open a visit that begins now; print how each side gets in. Demo mode only."""
    opened = open_visit(web_settings(data_dir), ready=ready)
    if as_json:
        click.echo(json.dumps(opened))
        return
    click.echo(f"Patient    {opened['patient_url']}\nClinician  {opened['clinician_url']}")


@main.command("doctor")
@click.pass_obj
def doctor_command(data_dir: Path | None) -> None:
    """Say in a line each whether the parts of the deployment are well."""
    sys.exit(doctor(data_dir))


@main.command("probe")
@click.pass_obj
def probe_command(data_dir: Path | None) -> None:
    """Make one synthetic call through the deployment; fails when the call does."""
    sys.exit(probe(web_settings(data_dir)))


@main.command("routes")
@click.pass_obj
def routes_command(data_dir: Path | None) -> None:
    """List every page and call with who may use it."""
    routes(web_settings(data_dir))


main.add_command(audit)
main.add_command(database)
main.add_command(user)

if __name__ == "__main__":
    main()
