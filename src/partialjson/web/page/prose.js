// The text of a model as prose: models write Markdown, and this draws the part of it that they use most. Paragraphs,
// headings, lists, quotes, fenced code; in a line `code`, **strong**, *emphasis* and links, whose address is shown and
// leads nowhere. What is not one of these, or not closed yet, is shown as it was written.
//
// A text is drawn while it grows. Blocks that are finished are not looked at again; of the others, the pieces that are the
// same stay, and the last piece gets what is new. Nothing here makes nodes out of text.

import { h, touched } from "./dom.js";

// None of these looks back further than it has to: a line may be long, and written to be slow.
const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const LANGUAGE = /^[\w+#.-]*$/;
const HEADING = /^(#{1,6})\s(.*)$/;
const ITEM = /^(\s*)(?:[-*+]|(\d{1,9})[.)])\s+(.*)$/;
const LINK = /\[([^[\]\n]{1,300})\]\(([^()\s]{1,2000})\)/y;
const SPECIAL = /[`*[]/g;

/**
 * @typedef {{kind: "p" | "pre" | "heading" | "ul" | "ol" | "quote", from: number, rows: string[], level?: number,
 *   start?: number}} Block  `from`: where it begins in the text; `rows`: one text for each of its elements.
 */

/**
 * The blocks of a text, from an offset at which a block begins.
 * @returns {Block[]}
 */
function blocksOf(text, from = 0) {
  const found = [];
  let block = null;
  let fence = "";
  const begin = (kind, at, rows, more = {}) => found.push((block = { kind, from: at, rows, ...more }));
  for (let at = from; at < text.length; ) {
    const end = text.indexOf("\n", at);
    const next = end < 0 ? text.length : end + 1;
    const line = text.slice(at, end < 0 ? text.length : end);
    const opens = fenceOf(line);
    if (fence) {
      if (opens?.mark.startsWith(fence) && !opens.language) fence = block = null;
      else block.rows[0] += block.rows[0] || block.begun ? `\n${line}` : line;
      if (block) block.begun = true;
    } else if (opens) {
      fence = opens.mark;
      begin("pre", at, [""]);
    } else if (!line.trim()) {
      block = null;
    } else if (HEADING.test(line)) {
      const [, marks, title] = HEADING.exec(line);
      begin("heading", at, [titleOf(title)], { level: marks.length });
      block = null;
    } else if (ITEM.test(line)) {
      const [, , number, rest] = ITEM.exec(line);
      const kind = number === undefined ? "ul" : "ol";
      if (block?.kind === kind) block.rows.push(rest);
      else begin(kind, at, [rest], kind === "ol" ? { start: Number(number) } : {});
    } else if (line.startsWith(">")) {
      const rest = line.replace(/^> ?/, "");
      if (block?.kind === "quote") block.rows[0] += `\n${rest}`;
      else begin("quote", at, [rest]);
    } else if (block && block.kind !== "pre") {
      block.rows[block.rows.length - 1] += `\n${line.trimStart()}`;
    } else {
      begin("p", at, [line]);
    }
    at = next;
  }
  return found;
}

function fenceOf(line) {
  const found = FENCE.exec(line);
  const language = found ? line.slice(found[0].length).trim() : "";
  return found && LANGUAGE.test(language) ? { mark: found[1], language } : null;
}

/** A title without the marks that may stand at its end. */
function titleOf(text) {
  text = text.trim();
  let end = text.length;
  while (text[end - 1] === "#") end -= 1;
  return end && /\s/.test(text[end - 1]) ? text.slice(0, end).trimEnd() : text;
}

/**
 * The pieces of a line: `[tag, text]`, where the tag is "" for plain text.
 * @returns {[string, string][]}
 */
function piecesOf(text) {
  const pieces = [];
  const dead = new Set(); // marks of which no other one follows
  let plain = 0;
  const add = (tag, inner, from, to) => {
    if (from > plain) pieces.push(["", text.slice(plain, from)]);
    pieces.push([tag, inner]);
    SPECIAL.lastIndex = plain = to;
  };
  SPECIAL.lastIndex = 0;
  for (let found; (found = SPECIAL.exec(text)); ) {
    const at = found.index;
    if (found[0] === "[") {
      LINK.lastIndex = at;
      const link = LINK.exec(text);
      if (link) {
        if (at > plain) pieces.push(["", text.slice(plain, at)]);
        plain = at;
        const [whole, label, address] = link;
        add("", label, at, at);
        if (label !== address) add("small", ` (${address})`, at, at + whole.length);
        SPECIAL.lastIndex = plain = at + whole.length;
      }
      continue;
    }
    let mark = found[0];
    while (text[at + mark.length] === found[0] && (found[0] === "`" || mark.length < 2)) mark += found[0];
    const inside = at + mark.length;
    const end = dead.has(mark) ? -1 : text.indexOf(mark, inside + 1);
    if (end < 0) dead.add(mark);
    const tight = /\S/.test(text[inside] ?? " ") && /\S/.test(text[end - 1] ?? " ");
    if (end < 0 || (found[0] === "*" && !tight)) SPECIAL.lastIndex = inside;
    else add({ "*": "em", "**": "strong" }[mark] ?? "code", text.slice(inside, end), at, end + mark.length);
  }
  if (plain < text.length) pieces.push(["", text.slice(plain)]);
  return pieces;
}

const SHAPE = { p: "p", quote: "blockquote", ul: "ul", ol: "ol" };

/** A node that shows a growing text as prose. */
export class Prose {
  #text = "";
  #drawn = []; // of each block: {block, node, rows: [{node, pieces}]}

  constructor(node) {
    this.node = node;
  }

  /** Shows this text instead of the one before; returns whether it is another one. */
  update(text) {
    if (text === this.#text) return false;
    const grows = text.startsWith(this.#text);
    this.#text = text;
    if (!grows) {
      for (const { node } of this.#drawn) node.remove();
      this.#drawn = [];
    }
    // What follows can only change the last line. That may have begun the last block, and may now belong to the one
    // before.
    const kept = Math.max(0, this.#drawn.length - 2);
    const from = this.#drawn.length ? this.#drawn[kept].block.from : 0;
    const blocks = blocksOf(text, from);
    blocks.forEach((block, index) => this.#draw(block, kept + index));
    for (const { node } of this.#drawn.splice(kept + blocks.length)) node.remove();
    return true;
  }

  #draw(block, index) {
    let drawn = this.#drawn[index];
    if (drawn && (drawn.block.kind !== block.kind || drawn.block.level !== block.level)) {
      drawn.node.remove();
      drawn = undefined;
    }
    if (!drawn) {
      drawn = { node: h(shapeOf(block), block.start > 1 ? { start: block.start } : {}), rows: [] };
      this.#drawn[index] = drawn;
      this.node.append(drawn.node);
    }
    drawn.block = block;
    for (const { node } of drawn.rows.splice(block.rows.length)) node.remove();
    block.rows.forEach((row, number) => {
      drawn.rows[number] ??= { node: rowNode(block, drawn.node), pieces: [] };
      const pieces = block.kind === "pre" ? [["", row]] : piecesOf(row);
      const { node, pieces: before } = drawn.rows[number];
      drawn.rows[number].pieces = drawPieces(node, pieces, before);
    });
  }
}

function shapeOf({ kind, level }) {
  if (kind === "pre") return "pre";
  // The page has a heading of its own.
  return kind === "heading" ? `h${Math.min(6, level + 1)}` : SHAPE[kind];
}

function rowNode({ kind }, parent) {
  if (kind !== "ul" && kind !== "ol" && kind !== "pre") return parent;
  const node = h(kind === "pre" ? "code" : "li");
  parent.append(node);
  return node;
}

function drawPieces(node, pieces, before) {
  let same = 0;
  while (same < before.length && same < pieces.length && isSame(before[same], pieces[same])) same += 1;
  const grown = same === before.length - 1 && same < pieces.length ? [before[same], pieces[same]] : null;
  if (grown && grown[0][0] === grown[1][0] && grown[1][1].startsWith(grown[0][1])) {
    const child = node.childNodes[same];
    (child instanceof Text ? child : child.firstChild).appendData(grown[1][1].slice(grown[0][1].length));
    touched.nodes += 1;
    same += 1;
  }
  while (node.childNodes.length > same) node.lastChild.remove();
  for (const [tag, text] of pieces.slice(same)) node.append(tag ? h(tag, {}, text) : text);
  touched.nodes += pieces.length - same;
  return pieces;
}

function isSame(one, other) {
  return one[0] === other[0] && one[1] === other[1];
}
