"""`cli.py serve`: start the demo."""

from commands.shell import read_settings, tell
from commands.usage import Commands

app = Commands()


@app.command(help=tell("serve_help"))
def serve() -> None:
    from app import serve as serve_app  # noqa: PLC0415 - the whole house is slow to import

    serve_app(read_settings())
