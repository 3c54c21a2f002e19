"""The layout of the third tab: who may sign in, a form to add somebody, one to change them."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from accounts.user import Role
from texts import Language, say
from ui.admin.table import build_table
from ui.guard import Updates


@dataclass(frozen=True, kw_only=True)
class UsersPanel:
    """The components of the users' tab."""

    language: Language
    table: gr.Dataframe
    new_name: gr.Textbox
    new_role: gr.Radio
    new_password: gr.Textbox
    add: gr.Button
    name: gr.Dropdown
    password: gr.Textbox
    set_password: gr.Button
    role: gr.Radio
    set_role: gr.Button
    is_sure: gr.Checkbox
    remove: gr.Button
    note: gr.Markdown
    shown: gr.Textbox  # a password that was generated, this once

    def parts(self) -> list[gr.components.Component]:
        """What a handler may change."""
        return [
            *(self.table, self.new_name, self.new_password, self.name, self.password),
            *(self.is_sure, self.note, self.shown),
        ]

    def done(self, sentence: str, generated: str = "") -> Updates:
        """Say what was done, and empty the forms; a generated password is shown this once."""
        return {
            self.note: sentence,
            self.shown: gr.update(value=generated, visible=bool(generated)),
            self.new_name: "",
            self.new_password: "",
            self.password: "",
            self.is_sure: False,
        }


def build_users(language: Language) -> UsersPanel:
    """Lay out the tab."""
    with gr.Row(elem_id="users-columns"):
        with gr.Column(elem_classes="card", min_width=300):
            gr.Markdown(f"## {say('admin.users', language)}")
            table = _build_table(language)
        with gr.Column(min_width=300, elem_id="users-forms"):
            note = gr.Markdown(elem_id="users-note")
            shown = gr.Textbox(
                label=say("admin.generated", language),
                visible=False,
                interactive=False,
                buttons=["copy"],
                elem_id="generated",
            )
            forms = {**_build_new(language), **_build_change(language)}
    return UsersPanel(language=language, table=table, note=note, shown=shown, **forms)


def _build_new(language: Language) -> dict[str, Any]:
    """A form that adds a user, by the names of the panel."""
    with gr.Column(elem_classes="card", elem_id="user-new"):
        gr.Markdown(f"## {say('admin.add_user', language)}")
        return {
            "new_name": gr.Textbox(label=say("admin.user_name", language), elem_id="new-name"),
            "new_role": _build_role(language, "new-role"),
            "new_password": _build_password(language, "new-password"),
            "add": gr.Button(say("admin.add", language), variant="primary", elem_id="add"),
        }


def _build_change(language: Language) -> dict[str, Any]:
    """A form that changes one, by the names of the panel."""
    with gr.Column(elem_classes="card", elem_id="user-change"):
        gr.Markdown(f"## {say('admin.change_user', language)}")
        name = gr.Dropdown(
            label=say("admin.user_name", language),
            allow_custom_value=True,  # the choices change with the directory
            buttons=[],
            elem_id="user-name",
        )
        with gr.Row():
            password = _build_password(language, "password")
            set_password = _build_button("set-password", say("admin.set_password", language))
        with gr.Row():
            role = _build_role(language, "role")
            set_role = _build_button("set-role", say("admin.set_role", language))
        with gr.Row():
            is_sure = gr.Checkbox(label=say("admin.is_sure", language), elem_id="is-sure")
            remove = _build_button("remove", say("admin.remove", language))
    return {
        "name": name,
        "password": password,
        "set_password": set_password,
        "role": role,
        "set_role": set_role,
        "is_sure": is_sure,
        "remove": remove,
    }


def _build_button(elem_id: str, label: str) -> gr.Button:
    return gr.Button(label, size="sm", elem_id=elem_id)


def _build_role(language: Language, elem_id: str) -> gr.Radio:
    return gr.Radio(
        choices=[(say(f"admin.role_{role}", language), role.value) for role in Role][::-1],
        value=Role.GUEST.value,
        label=say("admin.role", language),
        buttons=[],
        elem_id=elem_id,
        elem_classes="pills",
    )


def _build_password(language: Language, elem_id: str) -> gr.Textbox:
    return gr.Textbox(
        label=say("admin.password", language),
        placeholder=say("admin.password_placeholder", language),
        type="password",
        html_attributes=gr.InputHTMLAttributes(autocomplete="new-password"),
        elem_id=elem_id,
    )


def _build_table(language: Language) -> gr.Dataframe:
    return build_table(
        "users-table",
        label=say("admin.users", language),
        headers=[say("admin.user_name", language), say("admin.role", language)],
        widths=["60%", "40%"],
    )
