// In which order the changes are made, as a picture: each by itself while there are few, else by kind and action.

const MOST_DRAWN = 36;
const BOX = { width: 224, height: 44, across: 84, down: 14, top: 30 };

/** Return the stage of each change: after all it needs; deletions come last, the other way round. */
function stagesOf(changes) {
  const byAddress = new Map(changes.map((change) => [change.address, change]));
  const depth = new Map();
  const depthOf = (address, seen = new Set()) => {
    if (depth.has(address)) return depth.get(address);
    if (seen.has(address)) return 0;
    seen.add(address);
    const needs = byAddress.get(address).needs.filter((each) => byAddress.has(each));
    const found = needs.length ? 1 + Math.max(...needs.map((each) => depthOf(each, seen))) : 0;
    depth.set(address, found);
    return found;
  };
  changes.forEach((change) => depthOf(change.address));
  const deletes = (change) => change.actions.includes("delete");
  const kept = changes.filter((change) => !deletes(change));
  const last = kept.length ? 1 + Math.max(...kept.map((change) => depth.get(change.address))) : 0;
  const deepest = Math.max(0, ...changes.filter(deletes).map((change) => depth.get(change.address)));
  const levels = new Map(changes.map((change) => {
    const own = depth.get(change.address);
    return [change.address, deletes(change) ? last + deepest - own : own];
  }));
  const used = [...new Set(levels.values())].sort((a, b) => a - b);
  return new Map(changes.map((change) => [change.address, used.indexOf(levels.get(change.address))]));
}

/** Return boxes {stage, title, note, words, address?} and edges [from, to, how many]. */
function drawn(changes) {
  const stages = stagesOf(changes);
  const single = changes.length <= MOST_DRAWN;
  const boxes = new Map();
  const keys = new Map();
  for (const change of changes) {
    const stage = stages.get(change.address);
    const key = single ? change.address : `${stage} ${change.kind} ${change.words.join()}`;
    keys.set(change.address, key);
    const box = boxes.get(key) || { key, stage, words: change.words, count: 0, change };
    box.count += 1;
    boxes.set(key, box);
  }
  const edges = new Map();
  for (const change of changes) {
    for (const need of change.needs) {
      if (!keys.has(need)) continue;
      const ends = change.actions.includes("delete") ? [change.address, need] : [need, change.address];
      const [from, to] = ends.map((address) => keys.get(address));
      const key = `${from}\n${to}`;
      const edge = edges.get(key) || { from, to, count: 0 };
      edge.count += 1;
      edges.set(key, edge);
    }
  }
  for (const box of boxes.values()) {
    box.title = single ? box.change.name : counted(box.count, box.change.kind);
    const { kind, group, name } = box.change;
    box.note = single ? `${group === name ? kind : group} · ${box.words.join(", ")}` : box.words.join(", ");
  }
  return { single, boxes: [...boxes.values()], edges: [...edges.values()] };
}

const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

function picture(changes) {
  const { single, boxes, edges } = drawn(changes);
  const columns = [];
  for (const box of boxes) (columns[box.stage] ||= []).push(box);
  const before = new Map(boxes.map((box) => [box.key, []]));
  for (const edge of edges) before.get(edge.to).push(edge.from);
  const row = new Map();
  // Beside what comes before it: lines cross as little as may be.
  const beside = (box) => before.get(box.key).reduce((sum, key) => sum + (row.get(key) ?? 0), 0) / before.get(box.key).length;
  columns.forEach((column, stage) => {
    if (stage) column.sort((one, other) => (beside(one) || 0) - (beside(other) || 0));
    column.forEach((box, at) => {
      row.set(box.key, at);
      box.x = stage * (BOX.width + BOX.across) + 1;
      box.y = BOX.top + at * (BOX.height + BOX.down);
    });
  });
  const width = columns.length * (BOX.width + BOX.across) - BOX.across + 2;
  const height = BOX.top + Math.max(...columns.map((column) => column.length)) * (BOX.height + BOX.down);
  const byKey = new Map(boxes.map((box) => [box.key, box]));
  const most = Math.max(1, ...edges.map((edge) => edge.count));
  const image = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-labelledby": "order-title", role: single ? "group" : "img" });
  columns.forEach((_, stage) => image.append(svg("text", { class: "soft", x: stage * (BOX.width + BOX.across) + 1, y: 14 }, stage ? "then" : "first")));
  for (const edge of edges) {
    const [from, to] = [byKey.get(edge.from), byKey.get(edge.to)];
    const [x1, y1, x2, y2] = [from.x + BOX.width, from.y + BOX.height / 2, to.x, to.y + BOX.height / 2];
    const bend = Math.max(24, Math.abs(x2 - x1) / 2);
    const stroke = single ? 1.5 : 1.5 + 4 * (edge.count / most);
    image.append(svg("path", { class: "edge", d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`, "stroke-width": stroke }));
  }
  for (const box of boxes) image.append(boxDrawn(box, single));
  return { image, single };
}

function boxDrawn(box, single) {
  const parts = [
    svg("rect", { class: "box", x: box.x, y: box.y, width: BOX.width, height: BOX.height, rx: 8 }),
    svg("rect", { class: `bar ${classOf(box.words[0])}`, x: box.x, y: box.y + 7, width: 4, height: BOX.height - 14, rx: 2 }),
    svg("text", { x: box.x + 14, y: box.y + 19 }, cut(box.title, 30)),
    svg("text", { class: "soft", x: box.x + 14, y: box.y + 35 }, cut(box.note, 36)),
  ];
  if (!single) return svg("g", null, ...parts);
  const href = `#${encodeURIComponent(box.change.address)}`;
  return svg("a", { href }, svg("title", null, box.change.address), ...parts);
}
