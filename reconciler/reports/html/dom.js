// Elements, made without HTML: any content of a name is text.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children) if (child !== null && child !== undefined) node.append(child);
  return node;
}

const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
const byId = (id) => document.getElementById(id);
const classOf = (word) => word.replace(/ /g, "-");
const counted = (count, one) => `${number(count)} ${one}${count === 1 ? "" : "s"}`;
const number = (value) => value.toLocaleString("en");
const badge = (word) => el("span", { class: `badge ${classOf(word)}` }, word);
const code = (text) => el("code", null, text);
