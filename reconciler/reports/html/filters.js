// Which changes are shown: by word (what is done), kind, how a drift came about, customer, and what is searched for.

function makeFilter(changes) {
  const wanted = { words: new Set(), kinds: new Set(), origins: new Set(), group: null, text: "" };
  let haystacks = null;

  // Built at the first search: most readers never search.
  const haystack = (at) => {
    haystacks ||= changes.map((change) =>
      [
        change.address, change.name, change.group, change.customer, change.kind, change.reason, change.place, ...change.words, ...change.said,
        ...change.fields.flatMap((field) => [field.path.join("."), JSON.stringify(field.before), JSON.stringify(field.after)]),
      ].join("\n").toLowerCase(),
    );
    return haystacks[at];
  };
  const matches = (change, at, parts) =>
    (!wanted.words.size || change.words.some((word) => wanted.words.has(word))) &&
    (!wanted.kinds.size || wanted.kinds.has(change.kind)) &&
    (!wanted.origins.size || wanted.origins.has(change.origin)) &&
    (wanted.group === null || change.group === wanted.group) &&
    parts.every((part) => haystack(at).includes(part));

  return {
    wanted,
    /** Return for each change whether it is shown. */
    apply() {
      const parts = wanted.text.toLowerCase().split(/\s+/).filter(Boolean);
      return changes.map((change, at) => matches(change, at, parts));
    },
    clear() {
      wanted.words.clear();
      wanted.kinds.clear();
      wanted.origins.clear();
      wanted.group = null;
      wanted.text = "";
    },
  };
}

const toggle = (set, value) => (set.has(value) ? set.delete(value) : set.add(value));

function tally(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) || 0) + 1);
  return counts;
}

/** Return a chip to check for each value, with how often there is one. */
function chips(values, wanted, changed) {
  return [...tally(values)].map(([value, count]) => {
    const box = el("input", { type: "checkbox", value });
    box.addEventListener("change", () => {
      toggle(wanted, value);
      changed();
    });
    return el("label", { class: "chip" }, box, value, el("small", null, number(count)));
  });
}

/** Return the form's parts; `changed` is called after each change of what is wanted. */
function filterForm(form, changes, filter, changed) {
  const search = el("input", { type: "search", placeholder: "Search names, fields, values …", "aria-label": "Search", autocomplete: "off", spellcheck: "false" });
  search.addEventListener("input", () => {
    filter.wanted.text = search.value;
    changed();
  });
  const kinds = chips(changes.map((change) => change.kind), filter.wanted.kinds, changed);
  const origins = chips(changes.map((change) => change.origin).filter(Boolean), filter.wanted.origins, changed);
  const groups = tally(changes.map((change) => change.group));
  const select = el("select", { "aria-label": "Customer" }, el("option", { value: "" }, `Everything (${number(groups.size)})`));
  [...groups].sort(([a], [b]) => a.localeCompare(b, "en")).forEach(([group, count]) => select.append(el("option", null, `${group} (${number(count)})`)));
  const names = [null, ...[...groups.keys()].sort((a, b) => a.localeCompare(b, "en"))];
  select.addEventListener("change", () => {
    filter.wanted.group = names[select.selectedIndex];
    changed();
  });
  form.append(
    search,
    kinds.length > 1 ? el("fieldset", { "aria-label": "Kind" }, ...kinds) : "",
    origins.length ? el("fieldset", { "aria-label": "How it came about" }, ...origins) : "",
    groups.size > 1 ? select : "",
  );
  form.addEventListener("submit", (event) => event.preventDefault());
  return {
    search,
    clear() {
      search.value = "";
      select.selectedIndex = 0;
      [...kinds, ...origins].forEach((chip) => { chip.firstChild.checked = false; });
    },
  };
}
