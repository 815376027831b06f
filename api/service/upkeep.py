"""The addresses for those who keep the service up: is it alive, is it ready, how does it fare?"""

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.service.answering import AnsweringDep
from api.service.problems import TITLES, unavailable

router = APIRouter(include_in_schema=False)


@router.get("/health")
async def get_health() -> Response:
    """The process answers."""
    return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


@router.get("/ready")
async def get_ready(request: Request) -> Response:
    """There is a generation to answer from, and the server of the store answers."""
    current = request.app.state.current
    if not current.is_whole:
        return unavailable().response()
    form = {"status": "ready", "generation": current.number}
    return JSONResponse(form, headers={"Cache-Control": "no-store"})


@router.get("/metrics")
def get_metrics(request: Request) -> Response:
    """Numbers for Prometheus."""
    measures = request.app.state.measures
    text = measures.text(request.app.state.current.number)
    return Response(text, headers={"Content-Type": measures.media_type})


@router.get("/api/v1/openapi.json")
def get_openapi(request: Request, answering: AnsweringDep) -> Response:
    """The description of the API."""
    return answering(lambda _: request.app.state.openapi)


@router.get("/api/v1/problems/{code}")
def get_problem(code: str) -> Response:
    """What a kind of problem is called; its address is the type of the problem."""
    title = TITLES.get(code)
    if title is None:
        raise HTTPException(404)
    return JSONResponse({"code": code, "title": title})
