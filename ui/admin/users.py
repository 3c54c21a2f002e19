"""The third tab: who may sign in."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import anyio.to_thread
import gradio as gr

from accounts.asker import Asker
from accounts.directory import UserDirectory
from accounts.passwords import generate_password
from accounts.permissions import Action
from accounts.user import Role
from texts import say
from ui.admin.users_panel import UsersPanel
from ui.guard import QUIET, Guard, Updates


@dataclass(frozen=True)
class Users:
    """The users' tab and the directory behind it."""

    panel: UsersPanel
    directory: UserDirectory

    async def enter(self, _asker: Asker) -> AsyncIterator[Updates]:
        """The tab is opened: nothing has been done yet."""
        yield {**await self._listed(), **self.panel.done("")}

    async def add(
        self, _asker: Asker, name: str, password: str, role: str
    ) -> AsyncIterator[Updates]:
        """Add a user; without a password one is generated."""
        given = password or generate_password()
        user = await _in_thread(self.directory.add, name.strip(), given, Role(role))
        generated = "" if password else given
        yield {**await self._listed(), **self._done("user_added", user.name, generated)}

    async def set_password(self, _asker: Asker, name: str, password: str) -> AsyncIterator[Updates]:
        """Replace a password; without one it is generated."""
        given = password or generate_password()
        await _in_thread(self.directory.set_password, str(name), given)
        yield self._done("password_set", name, "" if password else given)

    async def set_role(self, _asker: Asker, name: str, role: str) -> AsyncIterator[Updates]:
        await _in_thread(partial(self.directory.set_role, str(name), Role(role), keep_admin=True))
        yield {**await self._listed(), **self._done("role_set", name)}

    async def remove(self, _asker: Asker, name: str, is_sure: object) -> AsyncIterator[Updates]:
        """Remove a user, once the box beside the button is ticked."""
        if is_sure is not True:
            yield {self.panel.note: say("admin.tick_first", self.panel.language)}
            return
        await _in_thread(partial(self.directory.remove, str(name), keep_admin=True))
        yield {**await self._listed(), **self._done("user_removed", name)}

    def _done(self, sentence: str, name: str, generated: str = "") -> Updates:
        text = say(f"admin.{sentence}", self.panel.language, name=name)
        return self.panel.done(text, generated)

    async def _listed(self) -> Updates:
        users = await _in_thread(self.directory.list_users)
        roles = {role: say(f"admin.role_{role}", self.panel.language) for role in Role}
        names = [user.name for user in users]
        return {
            self.panel.table: [(user.name, roles[user.role]) for user in users],
            self.panel.name: gr.update(choices=names, value=names[0] if names else None),
        }


def connect_users(tab: gr.Tab, users: Users) -> None:
    """Wire the tab; every handler asks for the right to manage users."""
    panel = users.panel
    may_manage = Guard(Action.MANAGE_USERS, panel.language, unexpected="admin.unexpected")
    quiet: dict[str, Any] = {"outputs": panel.parts(), **QUIET}
    tab.select(may_manage(users.enter), **quiet)
    gr.on(
        [panel.add.click, panel.new_name.submit, panel.new_password.submit],
        may_manage(users.add),
        inputs=[panel.new_name, panel.new_password, panel.new_role],
        trigger_mode="once",
        **quiet,
    )
    panel.set_password.click(
        may_manage(users.set_password), inputs=[panel.name, panel.password], **quiet
    )
    panel.set_role.click(may_manage(users.set_role), inputs=[panel.name, panel.role], **quiet)
    panel.remove.click(may_manage(users.remove), inputs=[panel.name, panel.is_sure], **quiet)


async def _in_thread(function: Callable[..., Any], *values: Any) -> Any:
    """The directory waits for the disk, and for argon2."""
    return await anyio.to_thread.run_sync(function, *values)
