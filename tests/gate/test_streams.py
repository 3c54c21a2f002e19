"""A tab's stream and its next question, message by message."""

import asyncio
import json
from collections.abc import Awaitable, Callable

from starlette.types import Message, Receive, Scope, Send

from gate.streams import Streams

API = "/demo/en/gradio_api"
TAB, OTHER = "p7evte6c38m", "q2"
START: Message = {"type": "http.response.start", "status": 200, "headers": []}
WORDS: Message = {
    "type": "http.response.body",
    "body": b'data: {"msg":"log"}\n\n',
    "more_body": True,
}
LAST: Message = {**WORDS, "body": b'data: {"msg":"close_stream"}\n\n'}
END: Message = {"type": "http.response.body", "body": b"", "more_body": False}
LEFT: Message = {"type": "http.disconnect"}


class Client:
    """One request: what it still sends, and what it was answered."""

    def __init__(self, path: str, *, tab: str, body: bytes = b"") -> None:
        self.scope: Scope = {
            "type": "http",
            "method": "GET",
            "path": API + path,
            "query_string": f"session_hash={tab}".encode(),
        }
        self.sends: asyncio.Queue[Message] = asyncio.Queue()
        self.answers: asyncio.Queue[Message] = asyncio.Queue()
        self.sends.put_nowait({"type": "http.request", "body": body, "more_body": False})

    async def run(self, app: Streams) -> None:
        await app(self.scope, self.sends.get, self.answers.put)


def joining(tab: str) -> Client:
    return Client("/queue/join", tab=tab, body=json.dumps({"session_hash": tab}).encode())


class Gradio:
    """Streams what it is told to, and notes what it hears; answers everything else at once."""

    def __init__(self) -> None:
        self.says: asyncio.Queue[Message] = asyncio.Queue()
        self.heard: list[str] = []
        self.is_joined = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not scope["path"].endswith("/data"):
            await receive()
            self.is_joined.set()
            await send(START)
            await send(END)
            return
        listening = asyncio.ensure_future(self._listen(receive))
        message = START
        while message != END:
            await send(message)
            message = await self.says.get()
        await send(END)
        listening.cancel()

    async def _listen(self, receive: Receive) -> None:
        while True:
            self.heard.append((await receive())["type"])
            if self.heard[-1] == LEFT["type"]:
                return


Play = Callable[[Streams, Gradio, Client], Awaitable[None]]


def play(scene: Play, *, patience_s: float = 60.0) -> Gradio:
    """Open a tab's stream and run a scene beside it."""

    async def run() -> Gradio:
        gradio = Gradio()
        app = Streams(gradio, patience_s=patience_s)
        stream = Client("/queue/data", tab=TAB)
        async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
            tasks.create_task(stream.run(app))
            assert await stream.answers.get() == START
            await scene(app, gradio, stream)
        return gradio

    return asyncio.run(run())


async def tell(gradio: Gradio, stream: Client, message: Message) -> None:
    gradio.says.put_nowait(message)
    assert await stream.answers.get() == message


async def answer_to(request: Client, app: Streams) -> list[Message]:
    """All of it; a `play` ends the wait long before the patience of `app` does."""
    await request.run(app)
    return [request.answers.get_nowait() for _ in range(request.answers.qsize())]


def test_a_join_is_answered_once_the_page_has_left_the_stream_that_ended() -> None:
    async def scene(app: Streams, gradio: Gradio, stream: Client) -> None:
        await tell(gradio, stream, LAST)
        gradio.says.put_nowait(END)
        join = joining(TAB)
        request = asyncio.create_task(join.run(app))
        await gradio.is_joined.wait()  # it has answered, too, by the time anybody else goes on
        assert join.answers.empty()
        stream.sends.put_nowait(LEFT)
        await request
        assert await stream.answers.get() == END

    assert "http.disconnect" not in play(scene).heard  # or it would drop the tab's new question


def test_a_join_is_answered_at_once_while_the_stream_goes_on() -> None:
    async def scene(app: Streams, gradio: Gradio, stream: Client) -> None:
        await tell(gradio, stream, WORDS)
        assert await answer_to(joining(TAB), app) == [START, END]
        gradio.says.put_nowait(END)

    play(scene)


def test_other_tabs_do_not_wait() -> None:
    async def scene(app: Streams, gradio: Gradio, stream: Client) -> None:
        await tell(gradio, stream, LAST)
        assert await answer_to(joining(OTHER), app) == [START, END]
        assert stream.sends.empty()  # nobody has left the stream
        stream.sends.put_nowait(LEFT)
        gradio.says.put_nowait(END)

    play(scene)


def test_gradio_hears_of_a_page_that_was_left_with_something_still_to_say() -> None:
    async def scene(_app: Streams, gradio: Gradio, stream: Client) -> None:
        await tell(gradio, stream, WORDS)
        stream.sends.put_nowait(LEFT)
        gradio.says.put_nowait(END)

    assert play(scene).heard[-1] == "http.disconnect"


def test_a_program_that_waits_for_the_end_of_the_stream_gets_it() -> None:
    async def scene(app: Streams, gradio: Gradio, stream: Client) -> None:
        await tell(gradio, stream, LAST)
        gradio.says.put_nowait(END)
        assert await answer_to(joining(TAB), app) == [START, END]
        assert await stream.answers.get() == END

    play(scene, patience_s=0.01)


def test_what_somebody_typed_does_not_end_a_stream() -> None:
    async def scene(app: Streams, gradio: Gradio, stream: Client) -> None:
        typed = json.dumps({"msg": "log", "log": '"msg":"close_stream"'})
        await tell(gradio, stream, {**WORDS, "body": f"data: {typed}\n\n".encode()})
        assert await answer_to(joining(TAB), app) == [START, END]
        gradio.says.put_nowait(END)

    play(scene)
