// Verifies the newest checkpoint in this browser, and that it continues what this browser saw
// before.
//
// The browser remembers the largest checkpoint that it verified. A log that was rewritten, cut off or
// restored from an older copy cannot continue it, whatever the service says. Files that are chosen
// here are read here and sent nowhere.
/* global zegel */
import { carried, faultLine, filled, run } from "./checks.js";
import { pinKey, pinnedKey } from "./pinned_key.js";

const evidence = carried("evidence");
const words = evidence.words;
const at = (id) => document.getElementById(id);
const memory = `zegel.checkpoint.${evidence.origin}`;
const shown = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
const grouped = (size) => Number(size).toLocaleString(document.documentElement.lang);

// The keys that count here: the one that the person gave, else those that the service names.
async function logKeys() {
  const pinned = pinnedKey(evidence.origin);
  return Promise.all((pinned ? [pinned] : evidence.keys).map(zegel.parseVerifierKey));
}

const witnessKeys = () => Promise.all(evidence.witnesses.map(zegel.parseVerifierKey));

// ---------------------------------------------------------------- the newest checkpoint

async function verifyNewest() {
  at("faults").replaceChildren();
  at("told").replaceChildren();
  if (evidence.checkpoint === null) {
    drawVerdict("unsigned", words.none, "");
    return;
  }
  drawVerdict("checking", words.checking, "");
  let newest = null;
  const { fault } = await run(async () => {
    newest = await zegel.openCheckpoint(zegel.utf8(evidence.checkpoint), await logKeys(), await witnessKeys());
  });
  if (fault) {
    const isOpen = fault.verdict === "NOT_CHECKED";
    drawVerdict(isOpen ? "unchecked" : "refused", isOpen ? words.unchecked : words.refused, isOpen ? words.unchecked_why : "");
    at("faults").append(faultLine(fault, words));
    return;
  }
  const values = { size: grouped(newest.size), root: `${zegel.hex(newest.root).slice(0, 12)}…` };
  drawVerdict("holds", words.holds, filled(words.holds_why, values));
  const others = newest.signers.map(({ key }) => key.name).filter((name) => name !== evidence.origin);
  tell(pinnedKey(evidence.origin) ? words.key_pinned : words.key_given);
  if (others.length > 0) tell(filled(words.witnessed, { names: others.join(", ") }));
  await compareWithMemory(newest);
}

// Compares with what this browser saw last, and remembers the newest one that continues it.
async function compareWithMemory(newest) {
  const before = remembered();
  if (before === null) {
    if (remember(newest)) tell(words.first_visit);
    return;
  }
  const values = { size: grouped(before.size), at: shown.format(new Date(before.at)) };
  const { text, fault } = await run(() => continuation(before, newest));
  if (fault === null) {
    tell(filled(text, values));
    remember(newest);
  } else if (fault.verdict === "NOT_CHECKED") {
    tell(words.kept_unasked);
  } else {
    const line = fault.verdict === "ROLLED_BACK" ? words.rolled_back : words.forked;
    drawVerdict("refused", words.refused, filled(line, values));
    at("faults").append(faultLine(fault, words));
  }
}

// The word for how a newer checkpoint continues an older one; throws where it does not.
async function continuation(older, newer) {
  const [size, newSize] = [BigInt(older.size), newer.size];
  if (newSize < size) throw new zegel.Broken("ROLLED_BACK", "checkpoint", `at least ${size} records`, newSize);
  if (newSize === size) {
    if (zegel.same(older.root, newer.root)) return words.same;
    throw new zegel.Broken("FORK", "checkpoint", zegel.hex(older.root), zegel.hex(newer.root));
  }
  const proof = await consistency(size, newSize);
  await zegel.verifyConsistency(size, older.root, newSize, newer.root, proof);
  return words.continues;
}

async function consistency(from, to) {
  let answer = null;
  try {
    answer = await fetch(`/v1/proofs/consistency?from=${from}&to=${to}`, { headers: { Accept: "application/json" } });
  } catch (error) {
    throw new zegel.Broken("NOT_CHECKED", "consistency proof", "an answer", error.message);
  }
  if (!answer.ok) throw new zegel.Broken("NOT_CHECKED", "consistency proof", "an answer", answer.status);
  const { hashes } = await answer.json();
  return hashes.map(bytesOfHex);
}

const bytesOfHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

function remembered() {
  try {
    const found = JSON.parse(localStorage.getItem(memory));
    const root = found && zegel.fromBase64(found.root);
    return root ? { size: found.size, root, at: found.at } : null;
  } catch {
    return null;
  }
}

function remember({ size, root }) {
  try {
    const kept = { size: String(size), root: zegel.toBase64(root), at: new Date().toISOString() };
    localStorage.setItem(memory, JSON.stringify(kept));
    return true;
  } catch {
    return false;
  }
}

// ---------------------------------------------------------------- files that a person has

async function bytesOfFile(id) {
  return new Uint8Array(await at(id).files[0].arrayBuffer());
}

async function compareKept() {
  const { fault, text } = await run(async () => {
    const kept = await zegel.openCheckpoint(await bytesOfFile("kept"), await logKeys(), []);
    const newest = await zegel.openCheckpoint(zegel.utf8(evidence.checkpoint), await logKeys(), []);
    await continuation(kept, newest);
    return filled(words.kept_holds, { size: grouped(kept.size) });
  });
  const refusal = fault?.verdict === "NOT_CHECKED" ? words.kept_unasked : words.kept_refused;
  drawAnswer(at("kept-told"), text, refusal, fault);
}

async function verifyFiles() {
  const { fault, text } = await run(async () => {
    const [sealed, proof] = [await bytesOfFile("record-file"), await bytesOfFile("proof-file")];
    const record = zegel.decodeRecord(sealed);
    zegel.decodeAt(sealed, record.index, evidence.origin);
    const leaf = await zegel.leafHash(sealed);
    const checkpoint = await zegel.verifyProofFile(proof, leaf, record.index, await logKeys());
    return filled(words.proof_holds, { index: record.index, size: grouped(checkpoint.size) });
  });
  const refusal = fault?.verdict === "NOT_CHECKED" ? words.unchecked_why : words.proof_refused;
  drawAnswer(at("proof-told"), text, refusal, fault);
}

// ---------------------------------------------------------------- the key that a person was given

async function usePin(text) {
  const { fault } = await run(async () => {
    const key = await zegel.parseVerifierKey(text);
    if (key.name !== evidence.origin) throw new zegel.Broken("UNKNOWN_KEY", "verifier key", evidence.origin, key.name);
  });
  if (fault) {
    at("pin-told").textContent = `${words.pin_refused} ${fault.message}`;
    at("pin").setAttribute("aria-invalid", "true");
    return;
  }
  at("pin").removeAttribute("aria-invalid");
  drawPin(pinKey(evidence.origin, text) ? words.pinned : words.not_kept);
  await verifyNewest();
}

function drawPin(told) {
  const pinned = pinnedKey(evidence.origin);
  at("pin").value = pinned ?? "";
  at("unpin").hidden = pinned === null;
  const differs = pinned !== null && !evidence.keys.includes(pinned);
  at("pin-told").textContent = differs ? `${told} ${words.pin_differs}` : told;
}

// ---------------------------------------------------------------- drawing

function drawVerdict(state, line, why) {
  at("verdict").dataset.state = state;
  at("verdict-line").textContent = line;
  at("verdict-why").textContent = why;
}

function tell(text) {
  const line = document.createElement("li");
  line.textContent = text;
  at("told").append(line);
}

function drawAnswer(place, text, refusal, fault) {
  const notice = document.createElement("p");
  notice.className = fault === null ? "notice good" : fault.verdict === "NOT_CHECKED" ? "notice warn" : "notice bad";
  notice.textContent = fault === null ? text : refusal;
  place.replaceChildren(notice);
  if (fault === null) return;
  const list = document.createElement("ul");
  list.append(faultLine(fault, words));
  place.append(list);
}

const submits = (id, act) =>
  at(id).addEventListener("submit", (event) => {
    event.preventDefault();
    act();
  });

for (const id of ["keeping", "proving", "pinning"]) at(id).hidden = evidence.checkpoint === null;
submits("keeping", compareKept);
submits("proving", verifyFiles);
submits("pinning", () => usePin(at("pin").value.trim()));
at("unpin").addEventListener("click", async () => {
  pinKey(evidence.origin, null);
  drawPin(words.unpinned);
  await verifyNewest();
});
drawPin("");
verifyNewest();
