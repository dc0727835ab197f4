// Puts a slider beside each moment of the bar, and shows the page of that moment without leaving
// it. Without this script the fields and links of the bar do the same.

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const SETTLED_MS = 300; // so long a slider rests before the page is asked for: each answer is recorded

// Fields hold local times without a zone. As numbers they only serve to place the slider, so that
// all of them are read as if they were UTC: no hour is skipped or told twice.
const toNumber = (text) => Date.parse(`${text}Z`);
const toField = (number) => new Date(number).toISOString().slice(0, 16);

function prepare(bar) {
  const first = Math.floor(toNumber(bar.dataset.first) / DAY) * DAY;
  const last = toNumber(bar.dataset.last);
  if (!(first < last)) return;
  for (const moment of bar.querySelectorAll("[data-moment]")) {
    const field = moment.querySelector("input[type=datetime-local]");
    const slider = moment.querySelector("[data-moment-slider]");
    slider.min = "0";
    slider.max = String(Math.ceil((last - first) / DAY));
    slider.step = "1";
    // The last step stands for the present, which has no fixed time: an empty field.
    const place = () => {
      const at = field.value ? toNumber(field.value) : last;
      slider.value = String(Math.round((at - first) / DAY));
      slider.setAttribute("aria-valuetext", field.value ? field.value.replace("T", " ") : "–");
    };
    slider.addEventListener("input", () => {
      const isLast = slider.value === slider.max;
      field.value = isLast ? "" : toField(first + Number(slider.value) * DAY);
      slider.setAttribute("aria-valuetext", field.value ? field.value.replace("T", " ") : "–");
      settle(bar);
    });
    field.addEventListener("change", place);
    place();
    slider.hidden = false;
  }
}

let waiting = 0;
let asking = null;

function settle(bar) {
  clearTimeout(waiting);
  waiting = setTimeout(() => show(bar), SETTLED_MS);
}

function urlOf(bar) {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(bar)) if (value) query.append(name, value);
  const text = query.toString();
  return text ? `${bar.action}?${text}` : bar.action;
}

async function show(bar) {
  asking?.abort();
  asking = new AbortController();
  const shown = document.querySelector("[data-moment-shown]");
  const url = urlOf(bar);
  shown.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { signal: asking.signal, headers: { accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector("[data-moment-shown]");
    if (!answer.ok || found === null) {
      location.assign(url); // the whole page tells what is wrong
      return;
    }
    shown.replaceChildren(...found.childNodes);
    const choices = page.querySelector("[data-moment-bar] .choices");
    if (choices) bar.querySelector(".choices").replaceWith(choices);
    history.replaceState(null, "", url);
    const standing = shown.querySelector(".standing-line p");
    bar.querySelector("[data-moment-status]").textContent = standing?.textContent.trim() ?? "";
    shown.removeAttribute("aria-busy");
  } catch (error) {
    if (error.name === "AbortError") return; // a later question took its place
    location.assign(url);
  }
}

for (const bar of document.querySelectorAll("[data-moment-bar]")) {
  prepare(bar);
  bar.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    show(bar);
  });
}
