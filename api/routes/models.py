"""`GET /api/models`: every model one may name, how far it is, and how to bring it nearer."""

from fastapi import APIRouter

from accounts.asker import Asker
from accounts.permissions import Action, require
from api.deps import CurrentAsker
from api.models import ModelOut, model_of
from api.problems import problems
from detection.errors import ModelNotInstalled, ModelUnavailable, NotAllowed, UnknownModel
from serving.shelf import ModelShelf


def models_router(shelf: ModelShelf) -> APIRouter:
    """Routes about the models themselves."""
    router = APIRouter(prefix="/api", tags=["models"])

    def find(name: str, asker: Asker) -> ModelOut:
        statuses = {status.name: status for status in shelf.statuses()}
        if name not in statuses:
            raise UnknownModel(model=name, known=", ".join(statuses))
        return model_of(statuses[name], asker.user)

    @router.get("/models", summary="The models one may name, and how far each is")
    def models(asker: CurrentAsker) -> list[ModelOut]:
        require(asker.user, Action.DETECT)
        return [model_of(status, asker.user) for status in shelf.statuses()]

    @router.post(
        "/models/{name}/load",
        status_code=202,
        summary="Load a model in the background",
        responses=problems(UnknownModel, ModelNotInstalled, ModelUnavailable),
    )
    def load(name: str, asker: CurrentAsker) -> ModelOut:
        require(asker.user, Action.DETECT)
        shelf.load(name)
        return find(name, asker)

    @router.post(
        "/models/{name}/fetch",
        status_code=202,
        summary="Fetch a model's files; admins",
        responses=problems(NotAllowed, UnknownModel),
    )
    def fetch(name: str, asker: CurrentAsker) -> ModelOut:
        require(asker.user, Action.MANAGE_MODELS)
        shelf.fetch(name)
        return find(name, asker)

    return router
