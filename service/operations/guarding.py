"""The layers around every route, outermost first: telling, entrance, body, head, staying."""

from fastapi import FastAPI

from service.context import Context
from service.operations.arriving import BodyGuard
from service.operations.entrance import Entrance
from service.operations.heads import Heads
from service.operations.telling import Telling
from service.page.access.staying import Staying


def install_guards(app: FastAPI, context: Context) -> None:
    """Puts the layers around an application."""
    # The framework puts the last one that is added outermost.
    app.add_middleware(Staying, context=context)
    app.add_middleware(Heads)
    app.add_middleware(BodyGuard, settings=context.settings)
    app.add_middleware(Entrance, settings=context.settings)
    app.add_middleware(Telling, numbers=context.operations.numbers)
