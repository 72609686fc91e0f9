// Making and changing nodes, and counting that.
//
// Text only ever becomes text: there is no way here to make nodes from a string, and the page's policy forbids the
// others. Every function that changes the page counts the nodes it touches, for the panel.

/** How many nodes the page has made or changed so far, outside of `<partial-json>`, which counts its own. */
export const touched = { nodes: 0 };

const SVG = "http://www.w3.org/2000/svg";

/**
 * A new element.
 * @param {string} tag its name; `tag.class` gives it a class.
 * @param {Record<string, any>} [attributes] attributes; functions are listeners, by the name of the event.
 * @param {...(Node|string|null|undefined)} children
 */
export function h(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const node = document.createElement(name);
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(key, value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(key, String(value));
  }
  for (const child of children) if (child !== null && child !== undefined) node.append(child);
  touched.nodes += 1 + children.length;
  return node;
}

/** A small picture, from the path of its lines in a square of 24. */
export function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/** The element's text, changed only if it is another one. */
export function setText(node, text) {
  if (node.textContent === text) return;
  node.textContent = text;
  touched.nodes += 1;
}

/** An attribute, changed only if it has another value; null takes it away. */
export function setAttribute(node, name, value) {
  if (value === null ? !node.hasAttribute(name) : node.getAttribute(name) === value) return;
  if (value === null) node.removeAttribute(name);
  else node.setAttribute(name, value);
  touched.nodes += 1;
}
