// Small helpers to make elements. Everything that comes from a table is set as text, never as HTML.

const SVG = "http://www.w3.org/2000/svg";

export function element(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function shape(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

export function button(name, text, attributes = {}) {
  return element("button", { type: "button", class: name, ...attributes }, text);
}

// An address that a browser may open; anything else is shown as text.
export function isWebAddress(text) {
  return /^https?:\/\/[^\s/]+\.[^\s]+$/i.test(text);
}

let numbers = 0;

export function newId(name) {
  numbers += 1;
  return `scidip-${name}-${numbers}`;
}
