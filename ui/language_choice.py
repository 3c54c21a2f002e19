"""/demo/ and /admin/ themselves: the way to the page in the asker's language."""

from fastapi import Request
from fastapi.responses import RedirectResponse

from texts import LANGUAGES, Language

LANGUAGE_COOKIE = "glip_language"
_COOKIE_AGE_S = 365 * 24 * 3600


async def choose_page(request: Request) -> RedirectResponse:
    """Redirect to the page in `?lang=`, or else in the language the gate read from the request.

    Each language has an address of its own, so that a tab keeps its language to the end.
    """
    wanted = request.query_params.get("lang")
    language: Language = request.state.language
    if wanted in LANGUAGES:
        language = wanted
    # Relative, so that it holds behind any proxy and root path.
    name = request.scope["path"].rpartition("/")[2]
    here = f"{name}/" if name else ""
    answer = RedirectResponse(f"{here}{language}/", 303, headers={"Cache-Control": "no-store"})
    if wanted in LANGUAGES:
        answer.set_cookie(
            LANGUAGE_COOKIE,
            language,
            max_age=_COOKIE_AGE_S,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="lax",
        )
    return answer
