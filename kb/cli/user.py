"""``kb user``: staff accounts, for whoever runs the server."""

import json
import sys

import click

from kb.accounts.models import Account, Role
from kb.accounts.service import AccountService
from kb.errors import InvalidInput

_password_stdin = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input."
)


@click.group()
def user() -> None:
    """Manage staff accounts."""


@user.command()
@click.argument("email")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--name", default="", help="How colleagues know the person.")
@_password_stdin
def add(email: str, role: str, name: str, password_stdin: bool) -> None:
    """Make an account; asks for its password."""
    accounts = _load_accounts()
    account = accounts.add(email, Role(role), _read_password(password_stdin), name)
    click.echo(f"{account.email} can sign in as {account.role}.", err=True)


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the accounts as JSON.")
def list_accounts(as_json: bool) -> None:
    """List all accounts."""
    accounts = _load_accounts().list_accounts()
    if as_json:
        click.echo(json.dumps([_account_object(account) for account in accounts]))
        return
    for account in accounts:
        state = "disabled" if account.disabled_at else "active"
        click.echo(f"{account.email}\t{account.role}\t{state}\t{account.name}".rstrip())


@user.command()
@click.argument("email")
def disable(email: str) -> None:
    """Bar an account and sign it out everywhere."""
    account = _load_accounts().disable(email)
    click.echo(f"{account.email} can no longer sign in.", err=True)


@user.command()
@click.argument("email")
@_password_stdin
def password(email: str, password_stdin: bool) -> None:
    """Set a new password and sign the account out everywhere."""
    accounts = _load_accounts()
    accounts.change_password(email, _read_password(password_stdin))
    click.echo("The password was changed.", err=True)


@user.command()
@click.argument("email")
@click.option("--revoke", is_flag=True, help="Make the account's token void instead.")
def token(email: str, revoke: bool) -> None:
    """Print a new token for the staff part of the API; the one before is void."""
    accounts = _load_accounts()
    if revoke:
        accounts.revoke_api_token(email)
        click.echo("The token is void.", err=True)
        return
    click.echo(accounts.make_api_token(email))
    click.echo("Keep it like a password: it is shown only now.", err=True)


def _load_accounts() -> AccountService:
    from kb.bootstrap.services import build_services
    from kb.config import load_settings

    return build_services(load_settings()).accounts


def _read_password(from_stdin: bool) -> str:
    if not from_stdin:
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise InvalidInput("There is no password on standard input.", "password")
    return line


def _account_object(account: Account) -> dict[str, str | None]:
    disabled_at = account.disabled_at
    return {
        "email": account.email,
        "name": account.name,
        "role": account.role.value,
        "created_at": account.created_at.isoformat(),
        "disabled_at": None if disabled_at is None else disabled_at.isoformat(),
    }
