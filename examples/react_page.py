"""A React page on the FastAPI endpoint of ``fastapi_page``. Its components are memoised by their part of the state, so
only those render again whose part has changed; each shows how often it rendered.

    python -m pip install fastapi uvicorn
    npm --prefix examples/react ci && npm --prefix examples/react run build
    uvicorn --app-dir examples react_page:app

The page is in ``react/src``: ``answer.js`` is the hook, ``trip.jsx`` the components. With ``?forget`` they are not
memoised, and with ``?snapshots`` the page gets the state whole each time, as most programs send it: compare the counts.
"""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from fastapi_page import router

PAGE = Path(os.environ.get("REACT_PAGE") or Path(__file__).parent / "react" / "dist")
"""Where `npm run build` wrote the page."""

if not PAGE.is_dir():
    raise SystemExit(f"{PAGE} is not there: build the page with npm first, as the docstring of {__file__} says")

app = FastAPI()
app.include_router(router)
# The modules of the package, so that the page always fits the server. They are on npm's side `partialjson`.
app.mount("/browser", StaticFiles(directory=str(files("partialjson") / "browser")))
app.mount("/", StaticFiles(directory=PAGE, html=True))
