// Sets of instances: a fold for each group of members that are alike; it unfolds to what they share, then to the members.

const MOST_IN_GIST = 3;
const LONGEST_IN_GIST = 28;
const MOST_NAMED = 9;

/** Return {folds, of}: the folds in order, and of each member's change, by number, the place for its row. */
function makeFleets(sets, alike, place) {
  const folds = [];
  const of = new Map();
  const add = (group, list) => {
    const fold = group.at.length > 1 ? makeFold(group) : { list: el("div"), at: group.at };
    folds.push(fold);
    list.append(fold.details ?? fold.list);
    group.at.forEach((at) => of.set(at, fold));
  };
  if (alike.length) {
    const list = el("div", { class: "changes" });
    alike.forEach((group) => add(group, list));
    folds.forEach((fold) => { fold.alike = true; });
    const many = alike.reduce((sum, group) => sum + group.at.length, 0);
    place.append(el("section", { class: "group fleet" }, el("h2", null, "Alike", el("small", null, counted(many, "change"))), list));
  }
  for (const set of sets) {
    const list = el("div", { class: "changes" });
    set.groups.forEach((group) => add(group, list));
    const heading = el("h2", null, el("bdi", null, set.address), el("small", null, set.counts), set.place ? el("span", { class: "place mono" }, set.place) : null);
    const rest = restOf(set);
    if (rest.length) list.append(el("ul", { class: "rest" }, ...rest));
    place.append(el("section", { class: "group fleet" }, heading, list));
  }
  return { folds, of };
}

function makeFold(group) {
  const shown = el("span", { class: "shown" });
  const list = el("div", { class: "members" });
  const details = el(
    "details",
    { class: `fold ${classOf(group.words[0])}`, open: group.words.includes("delete") },
    el("summary", null, ...group.words.map(badge), el("span", { class: "name" }, group.who), gistOf(group), group.origin ? el("span", { class: "tag" }, group.origin) : null, shown),
    sharedBy(group),
    list,
  );
  return { details, list, shown, at: group.at, openedBySearch: false };
}

/** Return what a group has in common. */
function sharedBy(group) {
  const inside = el("div", { class: `inside ${classOf(group.words[0])}` });
  const said = group.said.filter((each) => each !== group.origin);
  if (said.length) inside.append(listOf(said, group.bad ? "wrong" : null));
  if (data.command !== "drift") inside.append(el("p", null, el("b", null, "Why: "), group.reason));
  if (group.like) inside.append(el("p", null, `Like the ${number(group.like)} above but with:`));
  if (group.fields.length) {
    inside.append(group.creates ? plainTable(group.fields, "What they are created with") : sidesTable({ fields: group.fields }));
  }
  return inside;
}

/** Return in a few words what differs, so that most readers need not unfold anything; of new members all does. */
function gistOf(group) {
  const fields = group.creates && !group.like ? [] : group.fields;
  const parts = fields.slice(0, MOST_IN_GIST).map((field) => {
    const name = field.path.filter((step) => typeof step !== "number").at(-1) ?? "";
    const values = [field.before, field.after].map((value) => (value === null ? "not set" : typeof value === "object" ? "" : String(value)));
    const brief = !field.remark && !group.creates && values.every((value) => value && value.length <= LONGEST_IN_GIST && !value.includes("\n"));
    return el("span", { class: "gist" }, el("bdi", null, name), field.remark ? " by customer" : null, brief ? el("b", null, ` ${values[0]} → ${values[1]}`) : null);
  });
  const more = fields.length - parts.length;
  if (group.bad) return el("span", { class: "gists" }, el("span", { class: "gist" }, group.said[0] ?? ""));
  return el("span", { class: "gists" }, group.like ? el("span", { class: "gist" }, "but") : null, ...parts, more > 0 ? el("span", { class: "gist" }, `and ${more} more`) : null);
}

/** Return a line for those without a change: unchanged, not compared, left out. */
function restOf(set) {
  const names = (customers) => customers.flatMap((each, at) => [at ? ", " : " ", el("span", { class: "who", title: each.name }, code(each.handle))]);
  const line = (text, customers) => el(
    "li", null, text,
    customers.length > MOST_LISTED ? el("details", { class: "rest" }, el("summary", null, "Who"), el("p", null, ...names(customers))) : null,
    ...(customers.length > MOST_LISTED ? [] : names(customers)),
  );
  return [
    set.unchanged.length ? line(`${counted(set.unchanged.length, set.noun)} unchanged:`, set.unchanged) : null,
    set.notPlanned ? line(`${counted(set.notPlanned, set.noun)} not in this plan (--target, --customer, --shard …)`, []) : null,
    ...set.leftOut.map((each) => line(`${counted(each.customers.length, "customer")} left out, ${each.reason}:`, each.customers)),
  ].filter(Boolean);
}

/** Show in each fold how many of its members are shown; a search opens the folds in which it finds something. */
function refreshFolds(folds, visible, searching) {
  for (const fold of folds) {
    if (!fold.details) continue;
    const count = fold.at.filter((at) => visible[at]).length;
    fold.details.hidden = !count;
    fold.shown.textContent = count < fold.at.length ? `${number(count)} of ${number(fold.at.length)}` : "";
    if (searching && count && !fold.details.open) fold.details.open = fold.openedBySearch = true;
    else if (!searching && fold.openedBySearch) fold.details.open = fold.openedBySearch = false;
  }
  document.querySelectorAll(".fleet").forEach((section) => {
    const parts = [...section.querySelectorAll(".fold, .change")];
    section.hidden = parts.length > 0 && parts.every((part) => part.hidden);
  });
}

/** Return the first customers of a cause, and how many others there are. */
function whoOf(cause, changes) {
  const names = cause.at.map((at) => changes[at].customer ?? changes[at].owner ?? changes[at].name);
  const more = names.length - MOST_NAMED;
  return more > 2 ? `${names.slice(0, MOST_NAMED).join(", ")} … and ${number(more)} more` : names.join(", ");
}

/** Return a line for one cause of failures, which unfolds to the members that it concerns. */
function causeLine(cause, changes) {
  const links = cause.at.map((at) => el("a", { href: `#${encodeURIComponent(changes[at].address)}` }, code(changes[at].address)));
  const listed = () => cause.at.map((at, place) => el("li", null, links[place], " ", el("bdi", null, changes[at].customer ?? changes[at].name), ...ofOwner(changes[at])));
  const one = cause.at.length === 1;
  return el(
    "li", null, ...(one ? links : [el("b", null, cause.who), ...(cause.address ? [" of ", code(cause.address)] : [])]), " ", badge(cause.word), cause.said.length ? `: ${cause.said.join("; ")}` : null,
    one ? null : el("details", { class: "rest" }, el("summary", null, whoOf(cause, changes)), el("ul", null, ...listed())),
  );
}
