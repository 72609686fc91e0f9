"""``partialjson serve``: a page on this machine that shows a model's answer while it becomes an object.

A *run* is one answer on its way to everybody who watches it: the bytes of a recording, or the events of a real model,
go into a ``MessageParser``, and what they change goes as deltas into a ``Broadcast``. The page folds the deltas over
one JSON value and draws that. There is no second way from here to there: figures, tokens and results of tools are parts
of the same value.

- ``questions``: what can be asked, with the recording that answers it and the types of the answer.
- ``answers``: where an answer comes from: a recording at its recorded times, or (``live``) a real model.
- ``tools``: what is done with a call that is ready. The results are made up, and say so.
- ``asking``: what a run is begun with. ``pasted``: the same for a text of somebody's own; ``document``: the run of one
  that is no response.
- ``run``: one answer: how it is read, and how it is stopped. ``facts``: the value that a page draws.
- ``desk``: the runs that there are, bounded in number and in time.
- ``guard``: who may talk to the server: no foreign pages, no rebound names. ``policy``: what the page itself may do.
- ``delivery``: a run's frames over server-sent events and over a WebSocket.
- ``app``: the routes. ``server``: the command.
- ``page``: the page itself, plain files.
- ``static``: the page as files without a server. ``worker``: what runs in the browser then.

All up to ``run`` needs nothing but the library, so the same modules answer in a browser, without a server. Only
``guard``, ``delivery``, ``app`` and ``server`` import starlette and uvicorn, the extra ``web``.
"""
