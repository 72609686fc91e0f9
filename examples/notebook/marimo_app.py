"""A typed object that fills in, in a marimo notebook: ``marimo edit marimo_app.py``. The answer is replayed."""

import marimo

app = marimo.App()


@app.cell
def _():
    import time

    from pydantic import BaseModel

    from partialjson import Parser
    from partialjson.render.notebook import Live

    return BaseModel, Live, Parser, time


@app.cell
def _(BaseModel):
    class Stop(BaseModel):
        place: str
        minutes: int

    class Trip(BaseModel):
        title: str
        stops: list[Stop]
        summary: str

    answer = (
        '{"title": "An afternoon in Porto", "stops": [{"place": "São Bento station", "minutes": 30}, '
        '{"place": "Mercado do Bolhão", "minutes": 60}], "summary": "Mostly downhill."}'
    )
    return Trip, answer


@app.cell
def _(Live, Parser, Trip, answer, time):
    parser = Parser(Trip)
    with Live(parser) as live:
        for start in range(0, len(answer), 6):
            time.sleep(0.01)
            live.feed(answer[start : start + 6])
    trip = parser.close()  # a Trip, validated as a whole
    return (trip,)


if __name__ == "__main__":
    app.run()
