"""`cli.py users`: who may sign in."""

import sys
from typing import Annotated

import typer

from accounts.directory import UserDirectory
from accounts.user import Role
from commands.shell import errors_said, read_settings, refuse, tell
from commands.usage import Commands

app = Commands("users", help=tell("users_help"))

Name = Annotated[str, typer.Argument(help=tell("name_help"), metavar="NAME")]
PasswordStdin = Annotated[bool, typer.Option("--password-stdin", help=tell("password_stdin_help"))]


@app.command(help=tell("users_add_help"))
def add(
    name: Name,
    *,
    role: Annotated[Role, typer.Option(help=tell("role_help"))] = Role.GUEST,
    password_stdin: PasswordStdin = False,
) -> None:
    with errors_said():
        directory().add(name, read_password(from_stdin=password_stdin), role)
    typer.echo(tell("user_added", name=name, role=role.value))


@app.command(help=tell("users_passwd_help"))
def passwd(name: Name, *, password_stdin: PasswordStdin = False) -> None:
    with errors_said():
        directory().set_password(name, read_password(from_stdin=password_stdin))
    typer.echo(tell("password_set", name=name))


@app.command(help=tell("users_remove_help"))
def remove(name: Name) -> None:
    with errors_said():
        directory().remove(name)
    typer.echo(tell("user_removed", name=name))


@app.command(name="list", help=tell("users_list_help"))
def list_users() -> None:
    for user in directory().list_users():
        typer.echo(f"{user.role.value}\t{user.name}")


@app.command(help=tell("users_role_help"))
def role(
    name: Name,
    new_role: Annotated[Role, typer.Argument(help=tell("role_help"), metavar="ROLE")],
) -> None:
    with errors_said():
        directory().set_role(name, new_role)
    typer.echo(tell("role_set", name=name, role=new_role.value))


def directory() -> UserDirectory:
    """The users of this installation; works before the first start."""
    return UserDirectory(read_settings().database)


def read_password(*, from_stdin: bool) -> str:
    """The first line of standard input, or asked for twice."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    first, second = (
        str(typer.prompt(tell(entry), hide_input=True)) for entry in ("password", "password_again")
    )
    if first != second:
        refuse("passwords_differ")
    return first
