// Follows what is recorded from now on: new rows come on top, until somebody pauses or stops.
//
// The rows are rendered by the service, which escapes what they hold; each comes with its index, so
// that a broken connection goes on where it broke (EventSource sends `Last-Event-ID` by itself).

const button = document.getElementById("live");
const pause = document.getElementById("live-pause");
const rows = document.getElementById("rows");
const told = document.getElementById("live-told");
const words = JSON.parse(document.getElementById("script-words")?.textContent ?? "{}");

const MOST_ROWS = 1000; // of the page: what scrolled out of sight long ago makes room
const MOST_KEPT = 1000; // while paused; then the connection is given up, not the memory of the browser
const MARK = "#live"; // in the address, so that a reload goes on following

let source = null;
let isPaused = false;
let kept = [];
let came = 0;

if (button && pause && rows && told) {
  button.hidden = false;
  button.addEventListener("click", () => (source ? stop() : follow()));
  pause.addEventListener("click", () => (isPaused ? resume() : hold()));
  // A page that is left must not hold its place among those who follow.
  addEventListener("pagehide", () => source?.close());
  show();
  if (location.hash === MARK) follow();
}

function follow() {
  source = new EventSource(button.dataset.address);
  source.addEventListener("message", (event) => take(event.data));
  source.addEventListener("open", () => say(words.following));
  source.addEventListener("error", () => {
    if (source?.readyState === EventSource.CLOSED) end();
    else say(words.lost);
  });
  history.replaceState(null, "", MARK);
  show();
}

function stop() {
  close();
  say("");
}

function end() {
  close();
  say(words.ended);
}

function close() {
  source?.close();
  source = null;
  if (isPaused) resume();
  history.replaceState(null, "", location.pathname + location.search);
  show();
}

function hold() {
  isPaused = true;
  say(counted(words.paused, kept.length));
  show();
}

function resume() {
  isPaused = false;
  const waiting = kept;
  kept = [];
  waiting.forEach(put);
  say(counted(words.came, came));
  show();
}

function take(text) {
  const { html } = JSON.parse(text);
  if (!isPaused) {
    put(html);
    say(counted(words.came, came));
    return;
  }
  kept.push(html);
  say(counted(words.paused, kept.length));
  if (kept.length >= MOST_KEPT) end();
}

function put(html) {
  // Nobody who reads further down is moved: the page stays where it is.
  const height = rows.offsetHeight;
  const row = rowOf(html);
  if (!row) return;
  row.classList.add("fresh");
  rows.prepend(row);
  while (rows.childElementCount > MOST_ROWS) rows.lastElementChild.remove();
  if (rows.getBoundingClientRect().top < 0) scrollBy(0, rows.offsetHeight - height);
  document.getElementById("nothing")?.setAttribute("hidden", "");
  came += 1;
}

// A document of its own, in which nothing runs and nothing is loaded while it is read.
function rowOf(html) {
  const read = new DOMParser().parseFromString(`<table><tbody>${html}</tbody></table>`, "text/html");
  const row = read.querySelector("tr");
  return row && document.adoptNode(row);
}

function show() {
  button.textContent = source ? words.stop : words.follow;
  button.setAttribute("aria-pressed", String(source !== null));
  pause.hidden = source === null;
  pause.textContent = isPaused ? words.resume : words.pause;
}

function counted(template, count) {
  return (template ?? "").replace("{count}", String(count));
}

function say(text) {
  told.textContent = text ?? "";
}
