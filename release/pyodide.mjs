// Runs pytest in Pyodide, on a folder of tests, from wheels: node pyodide.mjs PACKAGE SOURCES WHEELS ARGUMENTS
//
// PACKAGE is the folder of the npm package, SOURCES an unpacked source distribution; WHEELS and ARGUMENTS are JSON lists.
// Nothing is fetched. The process ends with pytest's exit code.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [pyodide, sources, wheels, given] = process.argv.slice(2);

// Python waits for a coroutine only where JavaScript can switch stacks, which Node 20 cannot. There, tests that need it
// are skipped.
const PROGRAM = `
import asyncio, os, sys
import pytest
from pyodide.ffi import can_run_sync

def skip(coroutine, **_):
    coroutine.close()
    pytest.skip("this JavaScript cannot switch stacks, so nothing can wait for a coroutine")

if not can_run_sync():
    asyncio.run = skip
os.chdir("/sources")
code = int(pytest.main(given.to_py()))
import partialjson
core = "compiled" if partialjson.compiled else "interpreted"
print(f"Python {sys.version.split()[0]} on {sys.platform}, {core}, from {partialjson.__file__}")
code
`;

let code = 1;
try {
  const { loadPyodide } = await import(pathToFileURL(`${pyodide}/pyodide.mjs`).href);
  const env = { HOME: "/home", PYTHONDONTWRITEBYTECODE: "1" };
  const python = await loadPyodide({ indexURL: pyodide, env });
  const extractDir = python.runPython("import site; site.getsitepackages()[0]");
  for (const wheel of JSON.parse(wheels)) {
    const content = readFileSync(wheel);
    const own = content.buffer.slice(content.byteOffset, content.byteOffset + content.length);
    python.unpackArchive(own, "whl", { extractDir });
  }
  python.FS.mkdirTree("/sources");
  python.mountNodeFS("/sources", sources);
  python.globals.set("given", JSON.parse(given));
  code = await python.runPythonAsync(PROGRAM);
} catch (error) {
  // Node would show the line that threw, and those of Pyodide are a megabyte long.
  console.error(error.stack ?? String(error));
}
process.exit(code);
