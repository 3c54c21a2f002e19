"""The command line, a file a command; `cli.py` lists them."""
