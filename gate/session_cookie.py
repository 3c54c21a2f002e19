"""Carries the session: reads its cookie, or begins a session and hands the cookie out."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gate.sessions import SessionStore
from gate.wire import on_start, with_state


class SessionCookie:
    """Sets state `session_id` and `has_cookie` (False: this request is a session of its own)."""

    def __init__(self, app: ASGIApp, *, sessions: SessionStore) -> None:
        self._app = app
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_https = scope["scheme"] == "https"
        name = cookie_name(is_https=is_https)
        cookies = cookie_parser(Headers(scope=scope).get("cookie", ""))
        user = scope["state"]["user"]
        known = self._sessions.resume(cookies.get(name, ""), user)
        session = known or self._sessions.begin(user)
        scope = with_state(scope, session_id=session.session_id, has_cookie=known is not None)

        def hand_out(_: Message, headers: MutableHeaders) -> None:
            cookie = f"{name}={session.cookie}; Path=/; HttpOnly; SameSite=Strict"
            headers.append("Set-Cookie", cookie + "; Secure" * is_https)

        await self._app(scope, receive, send if known else on_start(send, hand_out))


def cookie_name(*, is_https: bool) -> str:
    """The prefix keeps a sibling domain from planting a cookie of its own (RFC 6265bis, 4.1.3)."""
    return "__Host-glip_session" if is_https else "glip_session"
