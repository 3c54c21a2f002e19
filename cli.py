"""The command line: `python cli.py --help`. A line a command; each is a file of `commands/`."""

from commands import bench, detect, doctor, export, feedback, models, serve, users
from commands.shell import tell
from commands.usage import Commands

app = Commands(help=tell("help"))
for command in (
    serve,
    detect,
    models,
    doctor,
    users,
    export,
    feedback,
    bench,
):
    app.add_typer(command.app)

if __name__ == "__main__":
    app()
