// Shows a dossier: runs the verifier over the embedded data and draws what it found.
//
// Text from the data only ever becomes text of an element, never markup.
"use strict";

const data = readData(document.getElementById("dossier").textContent);
const PAGE_RECORDS = 200;
const state = { language: "nl", report: null, shown: PAGE_RECORDS, search: "" };

// The embedded data, with lists where lists are drawn: whatever else is wrong is a finding.
function readData(text) {
  const list = (found) => (Array.isArray(found) ? found : []);
  let found = null;
  try {
    found = JSON.parse(text);
  } catch {
    found = null;
  }
  const members = found !== null && typeof found === "object" ? found : {};
  const lists = { indexes: list(members.indexes), records: list(members.records), anchors: list(members.anchors) };
  return { ...members, ...lists, question: members.question ?? {} };
}

// The word for a name; never a property that every object has.
const known = (table, name) => (Object.hasOwn(table, name) ? table[name] : undefined);

const at = (id) => document.getElementById(id);
const words = () => WORDS[state.language];

function element(name, className = "", ...content) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...content.filter((part) => part !== null));
  return made;
}

function instant(text) {
  const found = new Date(text);
  if (Number.isNaN(found.getTime())) return document.createTextNode(text);
  const locale = state.language === "nl" ? "nl-NL" : "en-GB";
  const shown = new Intl.DateTimeFormat(locale, {
    timeZone: "Europe/Amsterdam", day: "numeric", month: "short", year: "numeric",
    hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short",
  }).format(found);
  const made = element("time", "", shown);
  made.dateTime = made.title = text;
  return made;
}

const isInstantText = (value) =>
  typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(value);

// ---------------------------------------------------------------- verdict

function told(report) {
  const say = words();
  if (report === null) return ["checking", "", say.checking, say.checkingLine];
  const first = report.findings[0];
  switch (report.outcome) {
    case "valid": {
      const why = `${say.validWhy(report.records.length)} ${report.areKeysOwn ? say.ownKey : say.confirmed}`;
      return ["valid", say.valid, say.validLine, why];
    }
    case "broken": {
      const named = report.findings.find((finding) => finding.index !== null);
      const line = named ? say.brokenRecord(named.index) : say.brokenLine;
      return ["broken", `${say.broken} · ${first.verdict}`, line, say.brokenWhy(report.findings.length)];
    }
    case "not checked":
      return ["unchecked", say.unchecked, say.uncheckedLine, say.uncheckedWhy];
    default:
      return ["unchecked", say.unchecked, say.emptyLine, say.emptyWhy];
  }
}

function drawVerdict() {
  const [className, outcome, headline, explanation] = told(state.report);
  at("verdict").className = `verdict ${className}`;
  at("outcome").textContent = outcome;
  at("headline").textContent = headline;
  at("explanation").textContent = explanation;
  document.body.dataset.outcome = state.report?.outcome ?? "checking";
  document.title = `${outcome ? `${outcome} · ` : ""}${data.origin}`;
  at("faults").replaceChildren(...(state.report?.findings ?? []).slice(0, PAGE_RECORDS).map(fault));
}

function fault({ verdict, index, place, expected, found }) {
  const say = words();
  const where = `${index === null ? "" : `${say.record} ${index}, `}${place}`;
  return element("li", "",
    element("span", "fault-verdict", verdict), element("span", "fault-place", where),
    element("span", "fault-detail", `${say.expected} ${expected}, ${say.found} ${found}`));
}

function drawFacts() {
  const say = words();
  const { checkpoint } = state.report ?? {};
  const signers = (type) => (checkpoint?.signers ?? []).filter(({ key }) => key.type === type);
  const logs = signers(1).map(({ key }) => element("code", "", key.text));
  const witnesses = signers(4).map(({ key, time }) =>
    element("span", "line", `${key.name}, `, instant(new Date(Number(time) * 1000).toISOString())));
  const count = data.indexes.length;
  const isContiguous = data.indexes.every((index, place) => index === data.indexes[0] + place);
  const facts = [
    [say.origin, data.origin],
    [say.size, checkpoint ? say.sizeValue(grouped(checkpoint.size)) : "–"],
    [say.chosen, say.chosenValue(grouped(count), isContiguous)],
    [say.root, checkpoint ? element("code", "", zegel.hex(checkpoint.root)) : "–"],
    [say.signedBy, logs.length > 0 ? element("span", "lines", ...logs) : "–"],
    [say.witnessedBy, witnesses.length > 0 ? element("span", "lines", ...witnesses) : say.none],
    [say.anchors, data.anchors.length > 0 ? say.anchorsValue(data.anchors) : say.none],
  ];
  at("facts").replaceChildren(...facts.map(([name, value]) =>
    element("div", "", element("dt", "", name), element("dd", "", value))));
}

const grouped = (number) => Number(number).toLocaleString(state.language === "nl" ? "nl-NL" : "en-GB");

// ---------------------------------------------------------------- records

function kindWords(kind) {
  const [area, done] = kind.split(".");
  const plain = (text) => (text ?? "").replaceAll("_", " ");
  const first = known(AREAS[state.language], area) ?? plain(area);
  const shown = `${first} ${known(DONE[state.language], done) ?? plain(done)}`.trim();
  return shown[0].toUpperCase() + shown.slice(1);
}

function fieldWords(name) {
  const [path, place] = name.split("/");
  const said = known(FIELDS[state.language], path) ?? path.replaceAll("_", " ");
  return place === undefined ? said : `${said} ${Number(place) + 1}`;
}

function valueNode(value) {
  return isInstantText(value) ? instant(value) : document.createTextNode(valueText(value));
}

function valueText(value) {
  if (Array.isArray(value)) return value.map(valueText).join("; ");
  if (value === null || typeof value !== "object") return String(value);
  return Object.entries(value).map(([name, each]) => `${fieldWords(name)} ${valueText(each)}`).join(", ");
}

// Said elsewhere on the card, or how it was read rather than what happened; the sealed text has all.
const HIDDEN_FIELDS = new Set([
  "kind", "event_id", "occurred_at", "_sd", "occurred_zone", "occurred_precision",
  "occurred_uncertainty", "collector", "parser", "clock_offset",
]);

function fieldRow(name, value, isOpened) {
  const say = words();
  const tag = isOpened ? element("span", "tag tag-open", say.open) : null;
  if (tag) tag.title = say.openHint;
  return element("div", isOpened ? "field personal" : "field",
    element("dt", "", fieldWords(name), tag), element("dd", "", valueNode(value)));
}

function recordItem(entry) {
  const say = words();
  const { record, body } = entry;
  const kept = entry.isWrong ? "wrong" : entry.isSound ? "sound" : "unsure";
  const item = element("li", `record ${kept}`);
  item.id = `record-${entry.index}`;
  const status = { sound: say.sound, wrong: say.wrong, unsure: say.notSound }[kept];
  const head = element("div", "record-head",
    element("span", "index", String(entry.index)),
    element("h3", "", record ? kindWords(record.kind) : "–"),
    element("span", "status", status));
  item.append(head);
  if (record) item.append(element("p", "times",
    ...(isInstantText(body?.occurred_at) ? [`${say.happened} `, instant(body.occurred_at), " · "] : []),
    `${say.recorded} `, instant(record.recorded_at)));
  const fields = [
    ...[...entry.opened].map(([name, value]) => fieldRow(name, value, true)),
    ...Object.entries(body ?? {}).filter(([name]) => !HIDDEN_FIELDS.has(name) && !entry.opened.has(name))
      .map(([name, value]) => fieldRow(name, value, false)),
  ];
  if (fields.length > 0) item.append(element("dl", "fields", ...fields));
  if (entry.closed > 0) {
    item.append(element("p", "closed", element("span", "tag", say.closed), ` ${say.closedFields(entry.closed)}`));
  }
  if (record) item.append(sealedText(entry));
  return item;
}

function sealedText(entry) {
  const made = element("details", "sealed", element("summary", "", `${words().sealedText} · ${entry.record.kind}`));
  made.addEventListener("toggle", () => {
    if (made.open && made.children.length === 1) {
      const place = data.indexes.indexOf(entry.index);
      const bytes = zegel.fromBase64(data.records[place].sealed) ?? new Uint8Array();
      made.append(element("pre", "", new TextDecoder().decode(bytes)));
    }
  });
  return made;
}

function searchable(entry) {
  const text = entry.record ? `${entry.record.kind} ${kindWords(entry.record.kind)}` : "";
  return `${entry.index} ${text} ${JSON.stringify(entry.body ?? "")} ${[...entry.opened].join(" ")}`.toLowerCase();
}

function drawRecords() {
  const say = words();
  const entries = state.report?.records ?? [];
  // What is wrong comes first: nobody should have to look for it.
  const all = [...entries.filter((one) => one.isWrong), ...entries.filter((one) => !one.isWrong)];
  const wanted = state.search.toLowerCase();
  const found = wanted ? all.filter((entry) => searchable(entry).includes(wanted)) : all;
  const shown = found.slice(0, state.shown).map(recordItem);
  at("records").replaceChildren(...shown);
  if (state.report && found.length === 0) at("records").append(element("li", "hint", say.nothingFound));
  const rest = found.length - shown.length;
  at("more").hidden = rest <= 0;
  at("more").textContent = say.more(grouped(Math.min(rest, PAGE_RECORDS)));
  const asked = Object.entries(data.question).flatMap(([name, value], place) =>
    [`${place > 0 ? ", " : ""}${known(say.asked, name) ?? name} `, valueNode(value)]);
  at("question").replaceChildren(`${say.question}: `, ...(asked.length > 0 ? asked : [say.everything]));
}

// ---------------------------------------------------------------- the page as a whole

function draw() {
  document.documentElement.lang = state.language;
  for (const each of document.querySelectorAll("[data-word]")) each.textContent = words()[each.dataset.word];
  for (const each of document.querySelectorAll("[data-placeholder]")) {
    each.placeholder = words()[each.dataset.placeholder];
    each.setAttribute("aria-label", each.placeholder);
  }
  for (const language of ["nl", "en"]) at(language).setAttribute("aria-pressed", String(language === state.language));
  drawVerdict();
  drawFacts();
  drawRecords();
}

async function verifyWith(keys) {
  state.report = null;
  draw();
  state.report = await zegel.verifyDossier(data, keys);
  draw();
}

for (const language of ["nl", "en"]) {
  at(language).addEventListener("click", () => {
    state.language = language;
    draw();
  });
}
at("search").addEventListener("input", (event) => {
  state.search = event.target.value.trim();
  state.shown = PAGE_RECORDS;
  drawRecords();
});
at("more").addEventListener("click", () => {
  state.shown += PAGE_RECORDS;
  drawRecords();
});
at("keys").addEventListener("submit", (event) => {
  event.preventDefault();
  const typed = at("key").value.trim();
  verifyWith(typed ? [typed] : []);
});
if (!/^nl\b/i.test(navigator.language)) state.language = "en";
verifyWith([]);
