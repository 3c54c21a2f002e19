import gradio as gr
import pytest

from accounts.directory import UserDirectory
from accounts.user import Role, User
from detection.errors import BadPassword, BadUserName, LastAdmin, UserExists, UserUnknown
from tests.ui.admin.conftest import ask, value_of
from texts import say
from ui.admin.users import Users
from ui.admin.users_panel import build_users


@pytest.fixture
def tab(users: UserDirectory) -> Users:
    with gr.Blocks():
        return Users(build_users("en"), users)


def test_everybody_is_listed(tab: Users) -> None:
    (update,) = ask(tab.enter)
    assert update[tab.panel.table] == [("admin", "Admin"), ("guest", "Guest")]
    assert update[tab.panel.name]["choices"] == ["admin", "guest"]


def test_a_user_is_added_with_a_password_of_ones_own(tab: Users, users: UserDirectory) -> None:
    (update,) = ask(tab.add, " eve ", "a word of her own", "admin")
    assert users.verify("eve", "a word of her own") == User("eve", Role.ADMIN)
    assert update[tab.panel.note] == say("admin.user_added", "en", name="eve")
    assert update[tab.panel.shown] == gr.update(value="", visible=False)
    assert update[tab.panel.new_password] == ""
    assert ("eve", "Admin") in update[tab.panel.table]


def test_without_a_password_one_is_generated_and_shown(tab: Users, users: UserDirectory) -> None:
    (update,) = ask(tab.add, "eve", "", "guest")
    assert users.verify("eve", value_of(update[tab.panel.shown])) == User("eve", Role.GUEST)


def test_a_password_is_replaced(tab: Users, users: UserDirectory) -> None:
    ask(tab.set_password, "guest", "another word")
    assert users.verify("guest", "another word")
    (update,) = ask(tab.set_password, "guest", "")
    assert users.verify("guest", value_of(update[tab.panel.shown]))


def test_a_role_is_changed(tab: Users, users: UserDirectory) -> None:
    (update,) = ask(tab.set_role, "guest", "admin")
    assert update[tab.panel.table] == [("admin", "Admin"), ("guest", "Admin")]


def test_removing_needs_the_box_ticked(tab: Users, users: UserDirectory) -> None:
    for answer in (False, None, "yes"):
        (update,) = ask(tab.remove, "guest", answer)
        assert update[tab.panel.note] == say("admin.tick_first", "en")
    assert len(users.list_users()) == 2
    ask(tab.remove, "guest", True)  # noqa: FBT003 - a checkbox's value
    assert users.list_users() == [User("admin", Role.ADMIN)]


def test_the_last_admin_stays(tab: Users, users: UserDirectory) -> None:
    with pytest.raises(LastAdmin):
        ask(tab.remove, "admin", True)  # noqa: FBT003 - a checkbox's value
    with pytest.raises(LastAdmin):
        ask(tab.set_role, "admin", "guest")
    assert User("admin", Role.ADMIN) in users.list_users()


def test_what_the_directory_refuses_is_refused(tab: Users) -> None:
    with pytest.raises(UserExists):
        ask(tab.add, "GUEST", "a good long word", "guest")
    with pytest.raises(BadUserName):
        ask(tab.add, "a:b", "a good long word", "guest")
    with pytest.raises(BadPassword):
        ask(tab.add, "eve", "short", "guest")
    with pytest.raises(UserUnknown):
        ask(tab.set_password, "nobody", "")
