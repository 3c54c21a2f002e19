"""Imports Gradio without what only its own developers need; start-up spends half as much on it.

On every import Gradio parses the source of each component and writes type stubs beside it, even
beside ours. While a page is built it makes three web applications before the one that is mounted.
"""

import importlib
import importlib.util
import sys
from types import ModuleType
from typing import Any


def import_gradio() -> None:
    """Import Gradio lightly. If somebody imported it before, only the spare applications go."""
    if "gradio" not in sys.modules:
        _import_without_stubs()
    importlib.import_module("gradio.blocks").App = _NoApp  # type: ignore[attr-defined] # it is there


class _NoApp:
    """Stands in for the application of a page that is still being built."""

    @staticmethod
    def create_app(*_: Any, **__: Any) -> None:
        """Make none: `ui.mount` makes the only one that is served."""


def _import_without_stubs() -> None:
    """Import the module that writes stubs first, silence it, then let the package import itself."""
    spec = importlib.util.find_spec("gradio")
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(name="gradio")
    package = sys.modules["gradio"] = importlib.util.module_from_spec(spec)
    try:
        _silence(importlib.import_module("gradio.component_meta"))
        spec.loader.exec_module(package)
    except BaseException:
        del sys.modules["gradio"]
        raise


def _silence(component_meta: ModuleType) -> None:
    """Let it neither write stubs nor render the documentation of every event."""
    for owner, name in (
        (component_meta, "create_or_modify_pyi"),
        (component_meta.EventListener, "set_doc"),
    ):
        getattr(owner, name)  # a Gradio that calls it otherwise is to be noticed, not slow
        setattr(owner, name, lambda *_, **__: None)
