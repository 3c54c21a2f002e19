"""Gradio is imported without writing stubs, and builds no application but the mounted one."""

import subprocess
import sys
from pathlib import Path

import gradio as gr
from fastapi import FastAPI
from starlette.middleware import Middleware

from ui.light_gradio import import_gradio
from ui.mount import mount_page
from ui.page_head import PageHead

ROOT = Path(__file__).parents[2]
LIGHTLY = "from ui.light_gradio import import_gradio; import_gradio()"
OWN_COMPONENT = """
import gradio as gr

class Mine(gr.Textbox):
    pass
"""


def run(code: str) -> int:
    """Run code in a process of its own, since this one has imported Gradio long ago."""
    return subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode


def test_no_stub_is_written_beside_a_component_of_ours(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(OWN_COMPONENT)
    assert not run(f"import sys; sys.path.append({str(tmp_path)!r}); {LIGHTLY}; import mine")
    assert not list(tmp_path.glob("*.pyi"))


def test_nothing_imports_gradio_before_its_settings_are_made() -> None:
    assert not run("import sys, app; assert 'gradio' not in sys.modules")


def test_only_the_application_that_is_mounted_is_built() -> None:
    import_gradio()
    with gr.Blocks(analytics_enabled=False) as page:
        gr.Textbox()
    assert page.app is None
    house = FastAPI()
    head = Middleware(PageHead, language="en")
    mount_page(house, page, path="/page", head=head, max_upload_bytes=2**20)
    assert page.app.get_blocks() is page  # type: ignore[attr-defined] # Gradio is untyped
