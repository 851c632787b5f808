// The page: heads, tiles, the order, the filters, and the changes by customer, built a slice at a time.

const SLICE = 12; // Milliseconds of building between two looks at what the reader does.
const FIRST_SLICE = 60;
const MOST_LISTED = 12;
const MOST_UNFOLDED = 20; // Changes that are unfolded from the beginning.
const MOST_PRINTED = 500; // Changes that are unfolded for printing.

const data = JSON.parse(byId("data").textContent);
const changes = data.changes;
const known = new Set(changes.map((change) => change.address));
const filter = makeFilter(changes);
const rows = new Array(changes.length);
const groups = new Map();
const fleets = makeFleets(data.sets || [], data.alike || [], byId("changes"));
let visible = filter.apply();
let built = 0;

function heads() {
  const made = [];
  const howMany = (found) => found.reduce((sum, each) => sum + (each.each?.length ?? 1), 0);
  const places = (each) => [
    each.place ? code(each.place) : null, each.place ? ": " : null,
    each.address ? code(each.address) : null, each.address ? ": " : null,
    el("bdi", null, each.message),
  ];
  const oneOrMany = (each) => el(
    "li", null, ...places(each),
    each.each ? el("details", { class: "rest" }, el("summary", null, "Where"), el("ul", null, ...each.each.map(oneOrMany))) : null,
  );
  const card = (kind, title, lines, after) => made.push(el(
    "section", { class: `card ${kind}` }, el("h2", null, title), long(lines), after ? el("p", null, after) : null,
  ));
  if (data.notes.length) made.push(el("div", { class: "card" }, ...data.notes.map((note) => el("p", null, note))));
  if (data.problems.length) {
    card("bad", counted(howMany(data.problems), "problem"), data.problems.map(oneOrMany), data.advice);
  }
  const verdicts = healthCards(data.health ?? []);
  const ofKind = (healthy) => verdicts.filter(([kind]) => (kind === "note") === healthy).forEach((each) => card(...each));
  ofKind(false);
  const bad = changes.filter((change) => change.bad);
  const explained = new Set((data.causes || []).flatMap((cause) => cause.at));
  const alone = changes.filter((change, at) => change.bad && !explained.has(at));
  const wrong = [...(data.causes || []).map((cause) => causeLine(cause, changes)), ...alone.map((change) => toChange(change, badge(change.word), change.said))];
  if (wrong.length) card("bad", "Not as declared", wrong);
  const deleted = data.command === "drift" ? [] : changes.filter((change) => change.actions.includes("delete") && !change.bad);
  const title = data.command === "apply" && !data.problems.length ? "Deleted" : "To be deleted";
  const reasons = new Set(deleted.map((change) => change.reason));
  const one = reasons.size === 1 && deleted.length > 1;
  if (deleted.length) card("bad", `${title}: ${number(deleted.length)}`, deleted.map((change) => toChange(change, null, one ? [] : [change.reason])), one ? `Each of them: ${[...reasons][0]}.` : null);
  const warned = howMany(data.warnings);
  if (warned) card("warn", counted(warned, "warning"), data.warnings.map(oneOrMany));
  if (data.unclaimed.length) {
    card("note", data.undeclared, data.unclaimed.map((each) => el(
      "li", null, `${each.kind} `, el("bdi", null, el("b", null, each.name)), ...ofOwner(each), each.id ? " " : null, each.id ? code(each.id) : null, each.protected ? " protected" : null,
      each.said.length ? `: ${each.said.join("; ")}` : null,
    )));
  }
  if (data.unmanaged) {
    card("note", data.unmanaged.title, data.unmanaged.groups.map((group) => el(
      "li", null, el("bdi", null, el("b", null, group.name)), long(group.objects.map((each) => el("li", null, `${each.kind} `, el("bdi", null, each.name)))),
    )));
  }
  ofKind(true); // what is well comes after all that asks for somebody
  byId("heads").append(...made);
}

/** Return a list of which the part that is too long for a first look unfolds. */
function long(items) {
  const first = el("ul", null, ...items.slice(0, MOST_LISTED));
  if (items.length <= MOST_LISTED + 1) return el("div", null, el("ul", null, ...items));
  return el("div", null, first, el("details", { class: "rest" }, el("summary", null, `${number(items.length - MOST_LISTED)} more`), el("ul", null, ...items.slice(MOST_LISTED))));
}

const toChange = (change, word, said) => el(
  "li", null, el("a", { href: `#${encodeURIComponent(change.address)}` }, code(change.called ?? change.address)), " ", el("bdi", null, el("b", null, change.customer ?? change.name)), ...ofOwner(change), word ? " " : null, word,
  said.length ? `: ${said.join("; ")}` : null,
);

function about() {
  const named = { organization: "Organization", at: "At", project: "Project", environment: "Environment", made: "Made" };
  byId("about").append(...Object.entries(data.about).map(([key, value]) => el(
    "div", null, el("dt", null, named[key]), el("dd", null, el("bdi", null, key === "made" ? value.replace("T", " ").replace("+00:00", " UTC") : value)),
  )));
}

function tiles() {
  const filterable = new Set(changes.flatMap((change) => change.words));
  const made = data.counts.map(({ word, label, count }) => {
    const inner = [el("b", null, number(count)), label];
    const shape = { class: `tile ${count ? classOf(word) : "none"}` };
    if (!filterable.has(word)) return el("div", shape, ...inner);
    const tile = el("button", { ...shape, type: "button", "aria-pressed": "false", "data-word": word }, ...inner);
    tile.addEventListener("click", () => {
      toggle(filter.wanted.words, word);
      refresh();
    });
    return tile;
  });
  if (data.unchanged !== null) {
    made.push(el("div", { class: "tile" }, el("b", null, number(data.unchanged)), data.command === "drift" ? "as declared" : "unchanged"));
  }
  byId("summary").append(...made);
}

function makeRow(at) {
  const change = changes[at];
  const row = el("details", { class: `change ${classOf(change.words[0])}`, id: change.address, "data-at": at }, changeLine(change));
  row.hidden = !visible[at];
  row.addEventListener("toggle", () => row.open && unfold(at));
  rows[at] = row;
  (fleets.of.get(at) || groupOf(change.group)).list.append(row);
}

function unfold(at) {
  if (rows[at].childElementCount === 1) rows[at].append(changeInside(changes[at], known));
}

function groupOf(name) {
  let group = groups.get(name);
  if (!group) {
    const count = el("small", null);
    const list = el("div", { class: "changes" });
    const heading = el("h2", null, el("bdi", null, name || "(no name)"), count);
    group = { list, count, section: el("section", { class: "group" }, heading, list) };
    groups.set(name, group);
    byId("changes").append(group.section);
    countGroup(name);
  }
  return group;
}

let totals = new Map();
function countGroup(name) {
  const group = groups.get(name);
  const count = totals.get(name) || 0;
  group.section.hidden = !count;
  group.count.textContent = counted(count, "change");
}

function build(until) {
  while (built < changes.length && performance.now() < until) makeRow(built++);
  if (built < changes.length) setTimeout(() => build(performance.now() + SLICE));
  else document.documentElement.dataset.complete = "yes";
}

const buildAll = () => build(Infinity);

let status;
let nothing;
let form;
function refresh() {
  visible = filter.apply();
  totals = tally(changes.filter((_, at) => visible[at] && !fleets.of.has(at)).map((change) => change.group));
  for (let at = 0; at < built; at += 1) rows[at].hidden = !visible[at];
  groups.forEach((_, name) => countGroup(name));
  refreshFolds(fleets.folds, visible, Boolean(filter.wanted.text.trim()));
  const shownNow = visible.filter(Boolean).length;
  status.textContent = shownNow === changes.length ? counted(shownNow, "change") : `${number(shownNow)} of ${number(changes.length)}`;
  nothing.hidden = shownNow > 0;
  document.querySelectorAll(".tile[data-word]").forEach((tile) => tile.setAttribute("aria-pressed", filter.wanted.words.has(tile.dataset.word)));
  drawOrder();
}

function clear() {
  filter.clear();
  form.clear();
  refresh();
  form.search.focus();
}

/** Fold or unfold all that is shown, a slice at a time. */
function foldAll(open) {
  buildAll();
  const folds = fleets.folds.map((fold) => fold.details).filter(Boolean);
  const todo = [...folds, ...rows].filter((row) => !row.hidden && row.open !== open);
  const go = () => {
    const until = performance.now() + SLICE;
    while (todo.length && performance.now() < until) {
      const row = todo.shift();
      if (open && row.dataset.at) unfold(Number(row.dataset.at));
      row.open = open;
    }
    if (todo.length) setTimeout(go);
  };
  go();
}

/** Unfold what is few from the beginning; the line of a group of many has what differs. */
function unfoldFew() {
  const alone = changes.map((_, at) => at).filter((at) => !fleets.of.get(at)?.details);
  const small = fleets.folds.filter((fold) => fold.alike && fold.at.length <= MOST_UNFOLDED);
  if (alone.length + fleets.folds.length > MOST_UNFOLDED) return;
  buildAll();
  alone.forEach((at) => {
    unfold(at);
    rows[at].open = true;
  });
  small.forEach((fold) => { fold.details.open = true; });
}

function filters() {
  const place = byId("filters");
  form = filterForm(place, changes, filter, refresh);
  status = el("span", { class: "shown", role: "status" });
  nothing = el("p", { class: "card empty" }, el("b", null, "No change matches."), el("button", { type: "button", onclick: clear }, "Show all of them"));
  place.append(el(
    "div", { class: "end" }, status,
    el("button", { type: "button", id: "unfold", onclick: () => foldAll(true) }, "Unfold all"),
    el("button", { type: "button", id: "fold", onclick: () => foldAll(false) }, "Fold all"),
  ));
  byId("changes").append(nothing);
  place.hidden = false;
}

let orderDrawn = null;
function drawOrder() {
  const place = byId("order");
  const some = changes.filter((_, at) => visible[at]);
  const body = place.querySelector(".body");
  // Only when it is open, and something else is shown than before.
  if (!body || !place.querySelector("details").open || some.length === 0) return;
  const key = visible.join("");
  if (orderDrawn === key) return;
  orderDrawn = key;
  const { image, single } = picture(some);
  const words = single ? "Click a box to see its change." : "A box is all changes of one kind and one action; a thicker line means more of them.";
  body.replaceChildren(el("p", null, `Read from left to right: a change comes after everything that it depends on. ${words}`), el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Picture of the order" }, image));
}

function order() {
  const depends = (change) => change.needs.some((address) => known.has(address));
  if (!changes.some(depends)) return;
  const place = byId("order");
  // Of a drift it is what happened that counts, not yet how it would be mended.
  const worth = data.command !== "drift" && changes.length <= MOST_DRAWN;
  const details = el("details", { open: worth }, el("summary", null, el("h2", { id: "order-title" }, data.command === "drift" ? "Order in which an apply would mend it" : "Order of the changes")), el("div", { class: "body" }));
  details.addEventListener("toggle", drawOrder);
  place.append(details);
  place.hidden = false;
}

/** Show the change that an address names, wherever it is. */
function goTo(hash) {
  let address;
  try {
    address = decodeURIComponent(hash.slice(1));
  } catch {
    return;
  }
  const at = changes.findIndex((change) => change.address === address);
  if (at < 0) return;
  if (!visible[at]) {
    filter.clear();
    form.clear();
    refresh();
  }
  if (!rows[at]) buildAll();
  unfold(at);
  rows[at].open = true;
  const fold = fleets.of.get(at)?.details;
  if (fold) fold.open = true;
  rows[at].scrollIntoView({ block: "start" });
  rows[at].firstChild.focus({ preventScroll: true });
}

function keys(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.closest("input, select, textarea");
  if (event.key === "/" && !typing && form) {
    event.preventDefault();
    form.search.focus();
    form.search.select();
  } else if (event.key === "Escape" && typing === form?.search && form.search.value) {
    event.preventDefault();
    filter.wanted.text = form.search.value = "";
    refresh();
  } else if (event.target.matches(".change > summary, .fold > summary")) moveFrom(event);
}

function moveFrom(event) {
  const row = event.target.parentElement;
  const inClosed = (each) => each.hidden || each.parentElement.closest(".fold:not([open]), [hidden]");
  const all = () => (fleets.folds.length ? [...document.querySelectorAll(".change, .fold")] : rows);
  const shownRows = () => all().filter((each) => each && !inClosed(each));
  const moves = {
    ArrowDown: () => shownRows()[shownRows().indexOf(row) + 1],
    ArrowUp: () => shownRows()[shownRows().indexOf(row) - 1],
    Home: () => shownRows()[0],
    End: () => (buildAll(), shownRows().at(-1)),
    ArrowRight: () => ((row.open = true), row),
    ArrowLeft: () => ((row.open = false), row),
  };
  if (!moves[event.key]) return;
  event.preventDefault();
  moves[event.key]()?.firstChild.focus();
}

function theme() {
  const button = byId("theme");
  const names = ["system", "light", "dark"];
  let at = 0;
  button.addEventListener("click", () => {
    at = (at + 1) % names.length;
    document.documentElement.dataset.theme = names[at];
    button.textContent = `Theme: ${names[at]}`;
  });
  button.hidden = false;
}

let unfoldedForPrint = [];
function beforePrint() {
  buildAll();
  // Of a set the folds are enough: they have what their members share.
  const folds = fleets.folds.map((fold) => fold.details).filter((fold) => fold && !fold.hidden && !fold.open);
  const closed = rows.filter((row, at) => !row.hidden && !row.open && !fleets.of.get(at)?.details);
  unfoldedForPrint = [...folds, ...(closed.length > MOST_PRINTED ? [] : closed)];
  unfoldedForPrint.forEach((row) => {
    if (row.dataset.at) unfold(Number(row.dataset.at));
    row.open = true;
  });
}

function afterPrint() {
  unfoldedForPrint.forEach((row) => { row.open = false; });
  unfoldedForPrint = [];
}

function foot() {
  const parts = [`Made by reconciler ${data.version}. Secrets show as numbers, the same for the same value.`];
  const key = (name) => el("kbd", null, name);
  if (changes.length) parts.push(el("span", { class: "keys" }, " Keys: ", key("/"), " search, ", key("↑"), " ", key("↓"), " move, ", key("→"), " ", key("←"), " unfold and fold."));
  byId("foot").append(...parts);
}

function start() {
  about();
  heads();
  tiles();
  foot();
  theme();
  if (!changes.length) {
    const calm = { plan: "Nothing to do", apply: "Nothing to do", forget: "Nothing to do", drift: "No drift" }[data.command];
    const rest = data.waiting ? `Of the declared objects, ${data.waiting} ${data.waiting === 1 ? "waits" : "wait"} in a rollout and ${data.waiting === 1 ? "is" : "are"} not as declared yet.` : "All that is declared is as it should be.";
    if (!data.problems.length) byId("changes").append(el("p", { class: "card empty" }, el("b", null, `${calm}.`), rest));
  } else {
    order();
    filters();
    refresh();
    build(performance.now() + FIRST_SLICE);
    unfoldFew();
    addEventListener("beforeprint", beforePrint);
    addEventListener("afterprint", afterPrint);
    addEventListener("hashchange", () => goTo(location.hash));
    if (location.hash) goTo(location.hash);
  }
  document.addEventListener("keydown", keys);
  document.documentElement.dataset.ready = String(Math.round(performance.now()));
}

start();
