// The age of the page, and reloading it: without this script the page has the moment of the reading, and stays.

const MINUTE = 60_000;
const OLD = 15; // Minutes after which a page that nobody writes anew is not to be trusted.
const RELOADING = "#reload"; // In the address, so that a bookmark of a screen on the wall keeps it.

const read = Date.parse(document.getElementById("read").dateTime);
const age = document.getElementById("age");
const again = document.getElementById("again");
const box = again.querySelector("input");

function ago(minutes) {
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}

function showAge() {
  const minutes = Math.max(0, Math.floor((Date.now() - read) / MINUTE));
  age.textContent = minutes < 1 ? "just now" : `${ago(minutes)} ago`;
  age.classList.toggle("old", minutes >= OLD);
}

let timer;
function keepReloading() {
  clearTimeout(timer);
  if (box.checked) timer = setTimeout(() => location.reload(), MINUTE);
}

box.checked = location.hash === RELOADING;
box.addEventListener("change", () => {
  history.replaceState(null, "", box.checked ? RELOADING : location.pathname + location.search);
  keepReloading();
});
age.hidden = again.hidden = false;
document.documentElement.dataset.complete = "yes";
showAge();
setInterval(showAge, MINUTE / 4);
keepReloading();
