// Keeps the page as it is in the tenant: every other second it asks for itself, and takes over the parts that differ.
"use strict";

const EVERY = 2000;
const PARTS = "header, main > dl, main > section";
const button = document.getElementById("pause");
const state = document.getElementById("state");
let paused = sessionStorage.getItem("paused") === "yes";

/** Say how the page is kept; a screen reader hears it once, when it changes. */
function say(text) {
  if (state.textContent !== text) state.textContent = text;
}

function show() {
  button.textContent = paused ? "Go on refreshing" : "Pause refreshing";
  button.setAttribute("aria-pressed", String(paused));
  say(paused ? "Paused: the page stays as it is." : "This page refreshes by itself.");
}

/** Return how to find an element again in the new part: by its address, or as the region of a heading. */
function found(part, element) {
  const named = element.getAttribute("href") ?? element.getAttribute("aria-labelledby");
  const same = (each) => (each.getAttribute("href") ?? each.getAttribute("aria-labelledby")) === named;
  return named && [...part.querySelectorAll(element.tagName)].find(same);
}

/** Take over a part that differs; what has the focus keeps it, and what was scrolled sideways stays so. */
function take(part, fresh) {
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  const aside = [...part.querySelectorAll(".scroll")].map((each) => each.scrollLeft);
  part.replaceChildren(...fresh.childNodes);
  part.querySelectorAll(".scroll").forEach((each, at) => { each.scrollLeft = aside[at] ?? 0; });
  if (focused) found(part, focused)?.focus({ preventScroll: true });
}

/** Return whether somebody marks text in a part, which a refresh would undo. */
function marked(part) {
  const selection = document.getSelection();
  return Boolean(selection) && !selection.isCollapsed && selection.containsNode(part, true);
}

async function refresh() {
  if (paused || document.hidden) return;
  let answer;
  try {
    answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(10_000) });
  } catch {
    say("The sandbox does not answer. The page is as it was.");
    return;
  }
  if (paused) return;
  if (!answer.ok) {
    say("This is no longer in the sandbox. The page is as it was.");
    return;
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelectorAll(PARTS);
  document.querySelectorAll(PARTS).forEach((part, at) => {
    if (fresh[at] && part.innerHTML !== fresh[at].innerHTML && !marked(part)) take(part, fresh[at]);
  });
  show();
}

button.hidden = false;
button.addEventListener("click", () => {
  paused = !paused;
  sessionStorage.setItem("paused", paused ? "yes" : "no");
  show();
  refresh();
});
document.addEventListener("visibilitychange", refresh);
show();
(async () => {
  for (;;) {
    await new Promise((done) => { setTimeout(done, EVERY); });
    await refresh();
  }
})();
