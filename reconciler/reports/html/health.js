// The verdicts of a verification: what is not healthy with its checks, and the execution that each rests on.

const HEALTH_WORDS = { passed: "healthy", failed: "failed", inconclusive: "inconclusive" };

// The address, the name of the object, and that of its customer.
function healthName(each) {
  const name = each.name ? [" ", el("bdi", null, each.name)] : [];
  return [code(each.address), ...name, ...(each.customer ? [" of ", el("bdi", null, each.customer)] : [])];
}

function healthCards(healths) {
  const item = (each) => el(
    "li", null, ...healthName(each), " ", badge(HEALTH_WORDS[each.verdict]),
    el("ul", null, ...each.checks.filter((check) => check.verdict === each.verdict).map((check) => el(
      "li", null, el("bdi", null, check.reason ? `${check.name}: ${check.reason}` : check.name),
      check.execution ? " (execution " : null, check.execution ? code(check.execution) : null, check.execution ? ")" : null,
    ))),
  );
  const of = (verdict) => healths.filter((each) => each.verdict === verdict);
  return [["bad", "failed", "Failed verification"], ["warn", "inconclusive", "Inconclusive"], ["note", "passed", "Healthy"]]
    .map(([kind, verdict, title]) => [kind, title, of(verdict).map(verdict === "passed" ? (each) => el("li", null, ...healthName(each)) : item)])
    .filter(([, , items]) => items.length);
}
