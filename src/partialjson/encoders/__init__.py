"""What front ends of other protocols are sent while a model answers.

One module for each protocol: ``ag_ui`` (AG-UI), ``vercel`` (the UI message stream of the Vercel AI SDK), ``a2ui``
(updates of an A2UI data model), ``mcp_apps`` (what an MCP host tells the view of a tool), ``assistant_stream``
(assistant-ui), ``json_patch`` (RFC 6902 for everybody else). Each has a class ``Encoder``. It takes the updates of a
message and returns the events of the protocol as plain dicts; no package of the protocol is needed.

    encoder = vercel.Encoder()
    response = aread(client.messages.create(..., stream=True), "anthropic-messages", tools=tools)
    return StreamingResponse(encoder.astream(response), media_type=encoder.media_type, headers=encoder.headers)

``encoder`` says how that works, and what no encoder ever sends: secrets, half a number, and a call as finished that is
not.
"""

from partialjson.encoders import a2ui, ag_ui, assistant_stream, json_patch, mcp_apps, vercel

__all__ = ["a2ui", "ag_ui", "assistant_stream", "json_patch", "mcp_apps", "vercel"]
