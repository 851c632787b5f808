// What differs between two values, line by line and side by side.

const LARGEST_TABLE = 4e6; // Pairs of lines that are compared; beyond, a block is shown as replaced.
const KEPT_AROUND = 3; // Lines of what is the same that are shown around what differs.

function linesOf(value) {
  if (value === null || value === undefined) return [];
  return (typeof value === "string" ? value : JSON.stringify(value, null, 2)).split("\n");
}

/** Return rows {left, right}, either of them null where there is no such line; same says that they are equal. */
function sideBySide(before, after) {
  const left = linesOf(before);
  const right = linesOf(after);
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < left.length - start && end < right.length - start && left[left.length - 1 - end] === right[right.length - 1 - end]) end += 1;
  const same = (line) => ({ left: line, right: line, same: true });
  return [
    ...left.slice(0, start).map(same),
    ...paired(left.slice(start, left.length - end), right.slice(start, right.length - end)),
    ...left.slice(left.length - end).map(same),
  ];
}

function paired(left, right) {
  const rows = [];
  let gone = [];
  let fresh = [];
  const settle = () => {
    for (let i = 0; i < Math.max(gone.length, fresh.length); i += 1) {
      rows.push({ left: gone[i] ?? null, right: fresh[i] ?? null, same: false });
    }
    gone = [];
    fresh = [];
  };
  for (const [i, j] of steps(left, right)) {
    if (i !== null && j !== null) {
      settle();
      rows.push({ left: left[i], right: right[j], same: true });
    } else if (i !== null) gone.push(left[i]);
    else fresh.push(right[j]);
  }
  settle();
  return rows;
}

/** Return pairs of indexes along a longest common subsequence; null on the side that has no such line. */
function steps(left, right) {
  const [n, m] = [left.length, right.length];
  if (n * m > LARGEST_TABLE) return [...left.map((_, i) => [i, null]), ...right.map((_, j) => [null, j])];
  const width = m + 1;
  const table = new Uint32Array((n + 1) * width);
  for (let i = n - 1; i >= 0; i -= 1) {
    for (let j = m - 1; j >= 0; j -= 1) {
      table[i * width + j] = left[i] === right[j]
        ? table[(i + 1) * width + j + 1] + 1
        : Math.max(table[(i + 1) * width + j], table[i * width + j + 1]);
    }
  }
  const found = [];
  let [i, j] = [0, 0];
  while (i < n || j < m) {
    if (i < n && j < m && left[i] === right[j]) found.push([i++, j++]);
    else if (j >= m || (i < n && table[(i + 1) * width + j] >= table[i * width + j + 1])) found.push([i++, null]);
    else found.push([null, j++]);
  }
  return found;
}

/** Return the rows with long runs of what is the same taken together: {skipped: rows}. */
function folded(rows) {
  const found = [];
  let run = [];
  const settle = (last) => {
    const [head, tail] = [found.length ? KEPT_AROUND : 0, last ? 0 : KEPT_AROUND];
    if (run.length > head + tail + 1) {
      found.push(...run.slice(0, head), { skipped: run.slice(head, run.length - tail) }, ...run.slice(run.length - tail));
    } else found.push(...run);
    run = [];
  };
  for (const row of rows) {
    if (row.same) run.push(row);
    else {
      settle(false);
      found.push(row);
    }
  }
  settle(true);
  return found;
}

/** Return [same beginning, what differs, same ending] of the first of two lines; whole words differ, not letters. */
function apart(line, other) {
  const words = (text) => text.match(/[\p{L}\p{N}]+|\s+|./gsu) || [];
  const [own, theirs] = [words(line), words(other)];
  let start = 0;
  while (start < own.length && start < theirs.length && own[start] === theirs[start]) start += 1;
  let end = 0;
  while (end < own.length - start && end < theirs.length - start && own[own.length - 1 - end] === theirs[theirs.length - 1 - end]) end += 1;
  return [own.slice(0, start), own.slice(start, own.length - end), own.slice(own.length - end)].map((part) => part.join(""));
}
