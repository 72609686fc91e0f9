"""What the documentation site has beyond the pages in ``docs/``; hooks that mkdocs calls while it builds.

- The reference: a page for each public module, made from its ``__all__``, so that no public name can be missing.
- Pages of the repository that lie outside ``docs/`` and that pages here link to. Links to other files of the repository
  become plain text: a site does not know where its sources are.
- Each page as Markdown beside its HTML, and ``llms.txt``, which lists them for a language model to read.
"""

from __future__ import annotations

import importlib
import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mkdocs.structure.files import File, Files

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page

ROOT: Final = Path(__file__).parents[2]

# The public modules, in the order in which a reader meets them, and what each is for.
MODULES: Final = {
    "partialjson": "The parser, its events and outcomes, streams of chunks",
    "partialjson.errors": "What can be raised",
    "partialjson.messages": "One response of a model, whatever its provider",
    "partialjson.providers": "The providers' APIs, and how they end",
    "partialjson.clients": "Responses straight from an SDK or an HTTP client",
    "partialjson.sse": "Server-sent events",
    "partialjson.patch": "Deltas applied, merged, or as JSON Patch",
    "partialjson.broadcast": "One stream and its viewers: states, deltas, frames",
    "partialjson.render.form": "What a target expects, for whoever draws it",
    "partialjson.render.terminal": "Drawing on a terminal",
    "partialjson.render.notebook": "Drawing in a notebook",
    "partialjson.render.html": "Drawing as static HTML",
    "partialjson.encoders.ag_ui": "Events of AG-UI",
    "partialjson.encoders.vercel": "The UI message stream of the Vercel AI SDK",
    "partialjson.encoders.assistant_stream": "Chunks of assistant-stream",
    "partialjson.encoders.a2ui": "Messages of A2UI",
    "partialjson.encoders.mcp_apps": "Partial tool input of MCP Apps",
    "partialjson.encoders.json_patch": "JSON Patch over server-sent events",
    "partialjson.resume": "Going on with a document that was cut off",
    "partialjson.schema": "JSON Schema as a target",
    "partialjson.structs": "Structs of msgspec and classes of attrs as targets",
    "partialjson.compat": "Functions shaped like other libraries' parsers of partial JSON",
    "partialjson.integrations": "This parser inside other libraries",
    "partialjson.otel": "OpenTelemetry",
    "partialjson.testing": "The test kit: laws for whatever reads in pieces",
    "partialjson.testing.strategies": "The test kit: all strategies for hypothesis",
}

# Files of the repository that are pages of the site, too.
_OUTSIDE: Final = re.compile(r"\]\((\.\./[^)#\s]+)(#[^)]*)?\)")
_SHOWN: Final = (".md", ".svg", ".png")

# What the pages were before they became HTML, by their paths, so that links among them lead to each other.
_markdown: dict[str, tuple[str, str]] = {}


def reference(module: str) -> str:
    """The page of one public module. What an earlier module offers too is described there."""
    lines = [f"# `{module}`", "", f"{MODULES[module]}.", ""]
    for name in sorted(importlib.import_module(module).__all__, key=str.lower):
        first = next(each for each in MODULES if _is_the_same(each, module, name))
        if first == module:
            lines += [f"::: {module}.{name}", ""]
        else:
            lines += [f"## {name}", "", f"As in [`{first}`][{first}.{name}].", ""]
    return "\n".join(lines)


def _is_the_same(one: str, other: str, name: str) -> bool:
    """Do both modules offer the same thing by this name?"""
    absent = object()
    modules = [importlib.import_module(each) for each in (one, other)]
    return name in modules[0].__all__ and getattr(modules[0], name, absent) is getattr(modules[1], name)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    listing = ["# Reference", "", "Every public name, from its docstring.", "", "| module | |", "|---|---|"]
    for module, about in MODULES.items():
        name = f"reference/{module}.md"
        files.append(File.generated(config, name, content=reference(module)))
        listing.append(f"| [`{module}`]({module}.md) | {about} |")
    files.append(File.generated(config, "reference/index.md", content="\n".join(listing) + "\n"))
    for path in _outside(files):
        files.append(File.generated(config, f"project/{path.as_posix()}", abs_src_path=str(ROOT / path)))
    return files


def _outside(files: Files) -> list[Path]:
    """The files outside ``docs`` that pages link to, and those that these link to in turn."""
    found: dict[Path, None] = {}
    todo = [Path(file.abs_src_path) for file in files.documentation_pages() if file.abs_src_path]
    while todo:
        page = todo.pop()
        for match in re.finditer(r"\]\(([^)#\s:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            target = (page.parent / match[1]).resolve()
            if not target.is_file() or not target.is_relative_to(ROOT):
                continue
            path = target.relative_to(ROOT)
            if path.parts[0] != "docs" and path.suffix in _SHOWN and path not in found:
                found[path] = None
                if path.suffix == ".md":
                    todo.append(target)
    return list(found)


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    here = Path(page.file.abs_src_path) if page.file.abs_src_path else None
    if here is not None:
        markdown = re.sub(r"(!?)\[([^\]]*)\]\(([^)#\s:]+)(#[^)]*)?\)", _linker(here, page, files), markdown)
    _markdown[page.file.src_uri] = (str(page.title or page.url), markdown)
    return markdown


def _linker(here: Path, page: Page, files: Files) -> Any:
    def link(match: re.Match[str]) -> str:
        image, text, given, anchor = match[1], match[2], match[3], match[4] or ""
        target = (here.parent / given).resolve()
        if not target.is_relative_to(ROOT):
            return match[0]
        path = target.relative_to(ROOT)
        uri = path.relative_to("docs").as_posix() if path.parts[:1] == ("docs",) else f"project/{path.as_posix()}"
        if files.get_file_from_path(uri) is None:
            return text if target.exists() else match[0]
        return f"{image}[{text}]({posixpath.relpath(uri, posixpath.dirname(page.file.src_uri))}{anchor})"

    return link


def on_post_build(config: MkDocsConfig) -> None:
    site = Path(config.site_dir)
    lines = [f"# {config.site_name}", "", f"> {config.site_description}", "", "## Pages", ""]
    for name, (title, markdown) in _markdown.items():
        path = site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(markdown, "utf-8")
        lines.append(f"- [{title}]({name})")
    (site / "llms.txt").write_text("\n".join(lines) + "\n", "utf-8")
