"""``partialjson serve --static``: the page as plain files, with the library running in the browser.

``writing.write_static`` fills a folder that any web server can serve, from any path of it. Nothing that lies there asks
for anything from elsewhere:

    index.html, *.js, *.css ...        the page, the same as the server's
    pyodide/pyodide.mjs ...            CPython for browsers
    pyodide/pyodide-lock.json          what can be loaded into it; written here
    pyodide/*.whl                      this library, pydantic and jsonschema with what they need
    partialjson-static.json            what was written, and which versions

- ``runtime``: which files of others, with their sums. ``fetching``: how they come, by npm and pip.
- ``wheel``: this library as a wheel for any Python, made of what is installed.
- ``rpds``: stands in for a package that does not exist for WebAssembly.
- ``writing``: the folder.

What runs in the browser is ``partialjson.web.worker``. It needs ``rpds`` from here and nothing else, so this module
imports nothing.
"""
