"""A typed object that fills in, in Streamlit.

    python -m pip install streamlit
    streamlit run examples/streamlit_app.py

The object is drawn as HTML in which everything that the model wrote is escaped. The number beside it counts only stops
that are complete: a stop of which half has come is a ``Partial``, not a ``Stop``.
"""

from __future__ import annotations

import streamlit as st

from partialjson.broadcast import ResponseState, throttled
from partialjson.clients import read
from partialjson.render.html import to_html
from recorded import Stop, Trip, answer

st.set_page_config(page_title="A trip", layout="wide")
st.title("A trip, while the model writes it")
asked = st.button("Plan a trip", type="primary")
left, right = st.columns([3, 1])
draft = left.empty()
minutes = right.empty()
ending = right.empty()

if asked:
    with read(answer("trip"), "openai-chat", output=Trip) as response:
        document = response.message.output
        state = ResponseState(response.message)
        # A browser that is told ten times a second is told often enough.
        for _ in throttled((state.changes([update]) for update in response), per_second=10):
            draft.html(to_html(document))
            stops = [stop for stop in document.value.stops or () if isinstance(stop, Stop)]
            minutes.metric(f"Minutes in {len(stops)} stops", sum(stop.minutes for stop in stops))
    ending.text(str(response.end()))
    st.session_state.trip = document.value  # a Trip, validated as a whole, if it came to its end
elif "trip" in st.session_state:
    draft.json(st.session_state.trip.model_dump(mode="json"))
