// Counts deadlines down. The page is whole without it: it only keeps what is left up to date.
//
// What is left is computed from the clock of the service, because that of the visitor may be wrong:
// `data-now` is what the service said when it made the page.

const SECOND = 1000;
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60]];

const list = document.querySelector("[data-clocks]");
const words = JSON.parse(document.getElementById("countdown-words")?.textContent ?? "null");

/** A length of time in its two largest units, with seconds in the last hour. */
export function told(milliseconds, words) {
  let left = Math.floor(Math.abs(milliseconds) / SECOND);
  if (left < 3600) {
    const minutes = Math.floor(left / 60);
    return `${minutes ? `${minutes} ${words.minute} ` : ""}${left % 60} ${words.second}`;
  }
  const parts = [];
  for (const [unit, length] of UNITS) {
    const count = Math.floor(left / length);
    left %= length;
    if (count) parts.push(`${count} ${words[unit]}`);
  }
  return parts.slice(0, 2).join(" ");
}

function countDown(clock, ahead) {
  const due = clock.querySelector("[data-due]");
  if (!due) return;
  const left = Date.parse(due.dataset.due) - (Date.now() - ahead);
  const phrase = left > 0 ? words.left : words.late;
  due.querySelector("[data-left]").textContent = phrase.replace("{span}", told(left, words));
  if (left <= 0 && !clock.classList.contains("bad")) pass(clock);
}

/** A deadline passes while somebody looks: said once, aloud too. */
function pass(clock) {
  clock.classList.remove("warn", "quiet");
  clock.classList.add("bad");
  const state = clock.querySelector("[data-state]");
  state.className = "badge bad";
  state.textContent = `✗ ${words.overdue}`;
  const duty = clock.querySelector("h3 a").textContent;
  document.querySelector("[data-clock-status]").textContent = words.passed.replace("{duty}", duty);
}

if (list && words) {
  const ahead = Date.now() - Date.parse(list.dataset.now);
  const clocks = [...list.querySelectorAll(".clock")];
  const tick = () => {
    if (!document.hidden) clocks.forEach((clock) => countDown(clock, ahead));
  };
  setInterval(tick, SECOND);
  document.addEventListener("visibilitychange", tick);
  tick();
}
