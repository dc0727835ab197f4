// The bars over time, drawn by uPlot: dragging over them asks for that window.
//
// Without this script the server's own drawing stands there, whose bars are links; the table beside
// it tells the same to whoever cannot see or point.

const box = document.getElementById("bars");
const data = JSON.parse(document.getElementById("bars-data")?.textContent ?? "null");
const words = JSON.parse(document.getElementById("script-words")?.textContent ?? "{}");

const HEIGHT = 132;
const MONTH_S = 28 * 86400;
const DAY_S = 86400;
// Beside the labels of the server: 10 Dec and 14:00, not Dec 10 and 2 PM.
const LOCALES = { en: "en-GB" };

if (box && data && box.dataset.uplot) {
  // Loaded here and not above, so that a missing library leaves the drawing of the server.
  import(box.dataset.uplot).then(({ default: uPlot }) => draw(uPlot), () => {});
}

function draw(uPlot) {
  const starts = data.edges.slice(0, -1);
  // What is there is seen, however little it is beside the rest.
  const lowest = Math.max(...data.counts) / 50;
  const heights = data.counts.map((count) => (count ? Math.max(count, lowest) : 0));
  const told = document.createElement("p");
  told.className = "pointed";
  told.setAttribute("aria-hidden", "true");
  told.textContent = words.drag ?? "";
  let chart = null;

  function make() {
    chart?.destroy();
    chart = new uPlot(options(uPlot, starts, told), [starts, heights], box);
    box.append(told);
    box.classList.add("drawn");
  }

  make();
  new ResizeObserver(() => {
    if (chart.width !== box.clientWidth) chart.setSize({ width: box.clientWidth, height: HEIGHT });
  }).observe(box);
  // The canvas holds colours, not names of colours: it is drawn anew where these change.
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", make);
}

function options(uPlot, starts, told) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour("--quiet"),
    font: `12px ${style.getPropertyValue("--sans")}`,
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
  };
  return {
    width: box.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    // Room for the half of the last label that stands beyond its tick.
    padding: [null, 28, null, null],
    tzDate: (second) => uPlot.tzDate(new Date(second * 1000), data.zone),
    scales: {
      x: { time: true, range: () => [data.edges[0], data.edges.at(-1)] },
      y: { range: (_, __, highest) => [0, Math.max(highest, 1) * 1.05] },
    },
    axes: [
      { ...axis, grid: { show: false }, space: 90, size: 26, values: (_, splits, __, ___, step) => times(splits, step) },
      { ...axis, size: 46, space: 28, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6, 1e7] },
    ],
    series: [
      {},
      {
        stroke: colour("--accent"),
        fill: colour("--accent"),
        width: 0,
        points: { show: false },
        paths: uPlot.paths.bars({ size: [0.86, 80], align: 1, gap: 1 }),
      },
    ],
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: true, y: false, setScale: false, dist: 4 },
      // A bar reaches from its start to the next one: the nearest start may be that of the next.
      dataIdx: (chart, _, __, value) => placeOf(value),
      bind: { dblclick: () => null },
    },
    hooks: {
      setCursor: [(chart) => point(chart, told)],
      setSelect: [(chart) => choose(chart)],
      ready: [(chart) => chart.over.addEventListener("click", () => pick(chart))],
    },
  };
}

// The bar in which an instant lies.
function placeOf(value) {
  let place = 0;
  while (place < data.counts.length - 1 && data.edges[place + 1] <= value) place += 1;
  return place;
}

function times(splits, step) {
  const shape =
    step >= MONTH_S ? { month: "short", year: "numeric" }
    : step >= DAY_S ? { day: "numeric", month: "short" }
    : { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const locale = LOCALES[data.language] ?? data.language;
  const at = new Intl.DateTimeFormat(locale, { ...shape, timeZone: data.zone });
  const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: data.zone });
  let before = "";
  return splits.map((second) => {
    const instant = new Date(second * 1000);
    const date = day.format(instant);
    const text = step >= DAY_S || date === before ? at.format(instant) : `${date} ${at.format(instant)}`;
    before = date;
    return text;
  });
}

function point(chart, told) {
  const place = chart.cursor.left >= 0 ? chart.cursor.idx : null;
  told.textContent =
    place == null ? words.drag ?? "" : `${data.labels[place]}: ${data.counts[place].toLocaleString(data.language)}`;
}

// What was dragged over, whole bars at a time: their counts are what was seen.
function choose(chart) {
  const { left, width } = chart.select;
  if (width <= 0) return;
  open(placeOf(chart.posToVal(left, "x")), placeOf(chart.posToVal(left + width, "x")));
}

function pick(chart) {
  const place = chart.cursor.idx;
  if (chart.select.width <= 0 && place != null && data.counts[place] > 0) open(place, place);
}

function open(first, last) {
  const target = new URL(data.address, location.href);
  target.searchParams.set("since", data.times[first]);
  target.searchParams.set("until", data.times[last + 1]);
  location.assign(target);
}
