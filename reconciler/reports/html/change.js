// One change: its line, and what unfolds below it.

/** Return whose an object is: a name such as "Inventory" is the same for every customer. */
const ofOwner = (change) => (change.owner && !change.customer ? [" of ", el("bdi", null, change.owner)] : []);

function changeLine(change) {
  return el(
    "summary",
    null,
    ...change.words.map(badge),
    el("span", { class: "name" }, el("bdi", null, change.customer ?? change.name), el("span", { class: "owner" }, ...ofOwner(change))),
    el("code", { class: "address" }, change.called ?? change.address),
    change.bad || !change.said.length ? null : el("span", { class: "tag" }, change.said[0]),
    change.place ? el("span", { class: "place mono" }, change.place) : null,
  );
}

function changeInside(change, known) {
  const inside = el("div", { class: `inside ${classOf(change.words[0])}` });
  if (change.said.length) inside.append(listOf(change.said, change.bad ? "wrong" : null));
  inside.append(el("p", null, el("b", null, "Why: "), change.reason));
  if (change.done?.length) inside.append(el("p", null, el("b", null, "Done: "), change.done.join(", ")));
  const needs = change.needs.filter((address) => known.has(address));
  if (needs.length) {
    const links = needs.flatMap((address, at) => [at ? ", " : "", el("a", { href: `#${encodeURIComponent(address)}` }, code(address))]);
    inside.append(el("p", null, el("b", null, "After: "), ...links));
  }
  if (change.fields.length) inside.append(change.actions.includes("create") ? valuesTable(change) : sidesTable(change));
  const next = Object.entries(change.outcome || {}).flatMap(([key, value]) =>
    value !== null && typeof value === "object" ? Object.entries(value).map(([name, one]) => [[key, name], one]) : [[[key], value]],
  );
  if (next.length) {
    inside.append(el("p", { class: "next" }, el("b", null, "In the tenant:")));
    inside.append(plainTable(next.map(([path, value]) => ({ path, after: value })), "What the live object is called"));
  }
  return inside;
}

const listOf = (lines, kind) => el("ul", { class: kind }, ...lines.map((line) => el("li", null, line)));

/** Return a path as it is read: what a field belongs to is softer than its own name. */
function pathOf(path) {
  const last = path.length - 1;
  const before = path.slice(0, last).map((step) => (typeof step === "number" ? `[${step}]` : step)).join(" › ");
  return [before ? el("span", { class: "of" }, `${before} › `) : null, el("bdi", null, String(path[last]))];
}

const valuesTable = (change) => plainTable(change.fields, "What it is created with");

function plainTable(fields, title) {
  const remark = (field) => (field.remark ? el("span", { class: "remark" }, field.remark) : null);
  const rows = fields.map((field) => el("tr", null, el("th", { scope: "row" }, ...pathOf(field.path)), el("td", null, remark(field), shown(field.after))));
  return el("table", { class: "sides values", "aria-label": title }, el("tbody", null, ...rows));
}

function sidesTable(change) {
  const table = el(
    "table",
    { class: "sides", "aria-label": "What differs" },
    el("thead", null, el("tr", null, el("th", { scope: "col" }, data.command === "apply" ? "Before" : "Live now"), el("th", { scope: "col" }, "Declared"))),
  );
  for (const field of change.fields) {
    const remark = field.remark ? el("span", { class: "remark" }, field.remark) : null;
    table.append(el("tbody", null, el("tr", null, el("th", { scope: "rowgroup", colspan: 2 }, ...pathOf(field.path), remark)), ...fieldRows(field)));
  }
  return table;
}

function fieldRows(field) {
  const { before, after } = field;
  const one = (value) => value === null || typeof value !== "object";
  if (one(before) && one(after) && linesOf(before).length < 2 && linesOf(after).length < 2) {
    const [left, right] = before === null || after === null || field.sensitive || typeof before !== typeof after
      ? [shown(before), after === null && field.sensitive ? el("span", { class: "void" }, "(nothing)") : shown(after)]
      : marked(String(before), String(after));
    return [el("tr", null, el("td", { class: before === null ? null : "gone" }, left), el("td", { class: after === null ? null : "new" }, right))];
  }
  return folded(sideBySide(before, after)).map((row) => (row.skipped ? skippedRow(row.skipped) : lineRow(row)));
}

function lineRow(row) {
  if (row.same) return el("tr", null, el("td", null, el("pre", null, row.left)), el("td", null, el("pre", null, row.right)));
  const [left, right] = row.left === null || row.right === null
    ? [row.left === null ? null : el("pre", null, row.left), row.right === null ? null : el("pre", null, row.right)]
    : marked(row.left, row.right);
  return el("tr", null, el("td", { class: row.left === null ? null : "gone" }, left), el("td", { class: row.right === null ? null : "new" }, right));
}

function skippedRow(rows) {
  const line = el("tr", { class: "more" });
  const unfold = () => line.replaceWith(...rows.map(lineRow));
  line.append(el("td", { colspan: 2 }, el("button", { type: "button", onclick: unfold }, `Show ${counted(rows.length, "line")} that ${rows.length === 1 ? "is" : "are"} the same`)));
  return line;
}

/** Return two texts with what differs in them marked. */
function marked(before, after) {
  const side = (text, other, tag) => {
    const [start, middle, end] = apart(text, other);
    return el("pre", null, start, middle ? el(tag, null, middle) : null, end);
  };
  return [before === "" ? shown("") : side(before, after, "del"), after === "" ? shown("") : side(after, before, "ins")];
}

/** Return a value by itself. */
function shown(value) {
  if (value === null || value === undefined) return el("span", { class: "void" }, "not set");
  if (value === "") return el("span", { class: "void" }, "empty");
  if (typeof value === "string" && /^\(sensitive( #\d+)?\)$/.test(value)) return el("span", { class: "secret mono" }, value.slice(1, -1));
  return el("pre", null, linesOf(value).join("\n"));
}
