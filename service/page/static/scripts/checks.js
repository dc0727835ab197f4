// Checks done one after the other by verify.js, and what is told of each.
//
// A check gives a text of what it found; one that finds broken evidence throws. Nothing here decides
// what is right: that is verify.js, the verifier that evidence dossiers carry too.
/* global zegel */

// What the faults of checks come to: "holds", "refused" or "unchecked".
export function outcomeOf(faults) {
  if (faults.length === 0) return "holds";
  return faults.some((fault) => fault.verdict !== "NOT_CHECKED") ? "refused" : "unchecked";
}

// Runs one check; gives { text } or { fault }, and never throws.
export async function run(check) {
  try {
    return { text: await check(), fault: null };
  } catch (error) {
    return { text: "", fault: zegel.asBroken(error) };
  }
}

// A fault as one line of a list: the verdict first, then where, what was expected and found.
export function faultLine(fault, words) {
  const line = document.createElement("li");
  const verdict = document.createElement("strong");
  verdict.textContent = fault.verdict;
  const place = fault.index === null ? fault.place : `#${fault.index} ${fault.place}`;
  line.append(verdict, ` ${place}: ${words.expected} ${fault.expected}, ${words.found} ${fault.found}`);
  return line;
}

// A text with its `{name}` replaced.
export const filled = (text, values) =>
  text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));

// A hash as the page shows one: its first digits, whole in its title.
export function hashElement(bytes) {
  const made = document.createElement("code");
  made.className = "hash";
  made.title = zegel.hex(bytes);
  made.textContent = `${made.title.slice(0, 12)}…`;
  return made;
}

// The JSON that the page carries for a script.
export const carried = (id) => JSON.parse(document.getElementById(id).textContent);
