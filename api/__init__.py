"""The HTTP plug: routes, what goes in and out of them, and which error has which status."""
