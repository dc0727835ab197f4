// Verifies the record that the page shows, step by step, in this browser.
//
// The page carries the sealed bytes, those of both neighbours, the hashes of the proof and the
// signed checkpoint, all as the service stored them; verify.js computes everything anew. Each step
// of the page then says what was found here, and values that the service wrote into it are replaced
// by those that were computed.
/* global zegel */
import { carried, faultLine, filled, hashElement, outcomeOf, run } from "./checks.js";
import { pinnedKey } from "./pinned_key.js";

const evidence = carried("evidence");
const words = evidence.words;
const at = (id) => document.getElementById(id);
const bytesOf = (text) => zegel.fromBase64(text) ?? new Uint8Array();

// The nodes that the service computed, as the page came.
const SERVED = [...document.querySelectorAll(".climb [data-node] code")].map((code) => code.title);

// The steps in the order in which each rests on those before; `state` is what they share.
const STEPS = {
  async signature(state) {
    if (evidence.checkpoint === null) return null;
    const pinned = pinnedKey(evidence.origin);
    const keys = await Promise.all((pinned ? [pinned] : evidence.keys).map(zegel.parseVerifierKey));
    const witnesses = await Promise.all(evidence.witnesses.map(zegel.parseVerifierKey));
    const note = zegel.utf8(evidence.checkpoint);
    state.checkpoint = await zegel.openCheckpoint(note, keys, witnesses);
    state.found.size = String(state.checkpoint.size);
    state.found.root = state.checkpoint.root;
    const seenBy = state.checkpoint.signers.map(({ key }) => key).filter((key) => witnesses.includes(key));
    const names = seenBy.map((key) => key.name).join(", ");
    const under = pinned ? words.key_pinned : words.key_given;
    return names ? `${under}; ${filled(words.witnessed, { names })}` : under;
  },

  async record(state) {
    state.leaf = await zegel.leafHash(state.sealed);
    state.found.leaf = state.leaf;
    state.record = zegel.decodeAt(state.sealed, evidence.index, evidence.origin);
    return `${state.record.kind} · ${state.record.recorded_at}`;
  },

  async climb(state) {
    if (!state.checkpoint) return null;
    const { size, root } = state.checkpoint;
    const hash = async (left, right) => {
      const node = await zegel.sha256([1], left, right);
      state.nodes.push(node);
      return node;
    };
    await zegel.verifyInclusion(state.leaf, evidence.index, size, evidence.hashes.map(bytesOf), root, hash);
    state.isIncluded = true;
    return "";
  },

  async chain(state) {
    // What stands under the signed root is whole: where links differ, the neighbour is wrong.
    const wrong = (neighbour) => (state.isIncluded ? neighbour : evidence.index);
    const record = zegel.decodeRecord(state.sealed);
    state.found.previous = record.previous;
    const told = [];
    if (evidence.before !== null) {
      const before = await zegel.leafHash(bytesOf(evidence.before));
      state.found.before = before;
      requireSame(wrong(evidence.index - 1), "previous", before, record.previous);
    } else if (evidence.index === 0) {
      requireSame(evidence.index, "previous", new Uint8Array(32), record.previous);
      told.push(words.first);
    } else {
      told.push(words.pruned);
    }
    if (evidence.after === null) {
      told.push(words.last);
    } else {
      const after = zegel.decodeRecord(bytesOf(evidence.after)).previous;
      state.found.after = after;
      requireSame(wrong(evidence.index + 1), "previous", state.leaf, after);
    }
    return told.join(" ");
  },

  async disclosures(state) {
    if (!state.record) throw new zegel.Broken("NOT_CHECKED", "disclosures", "a sealed record", "none");
    const digests = zegel.bodyDigests(zegel.readBody(state.record.body));
    const { opened } = await zegel.openDisclosures(digests, evidence.disclosures);
    return [...opened.keys()].join(", ");
  },
};

function requireSame(index, place, expected, found) {
  if (zegel.same(expected, found)) return;
  throw new zegel.Broken("MODIFIED", place, zegel.hex(expected), zegel.hex(found), index);
}

// Runs every step over these sealed bytes and draws what came out.
async function verify(sealed, isForged) {
  const state = { sealed, found: {}, nodes: [], checkpoint: null, isIncluded: false };
  const faults = [];
  drawVerdict("checking", words.checking, "", []);
  for (const [name, step] of Object.entries(STEPS)) {
    const place = document.querySelector(`[data-step=${name}]`);
    const { text, fault } = await run(() => step(state));
    if (fault && (place || fault.verdict !== "NOT_CHECKED")) faults.push(fault);
    if (place) drawStep(place, text, fault);
  }
  drawFound(state);
  conclude(state, faults, isForged);
}

function conclude(state, faults, isForged) {
  const outcome = outcomeOf(faults);
  if (outcome === "refused") {
    const isOther = state.isIncluded && faults.every((fault) => (fault.index ?? evidence.index) !== evidence.index);
    const whole = isOther ? filled(words.neighbour, { index: faults[0].index }) : words.refused;
    drawVerdict("refused", isForged ? words.forged : whole, isForged ? words.forged_why : "", faults);
  } else if (outcome === "unchecked") {
    drawVerdict("unchecked", words.unchecked, words.unchecked_why, faults);
  } else if (!state.checkpoint) {
    drawVerdict("unsigned", words.unsigned, words.unsigned_why, []);
  } else {
    const values = { index: evidence.index, size: state.checkpoint.size };
    drawVerdict("holds", words.holds, filled(words.holds_why, values), []);
  }
}

function drawVerdict(state, line, why, faults) {
  at("verdict").dataset.state = state;
  at("verdict-line").textContent = line;
  at("verdict-why").textContent = why;
  // One step refused makes those that rest on it fail too; each fault is told once.
  const distinct = new Map(faults.map((fault) => [fault.message, fault]));
  at("faults").replaceChildren(...[...distinct.values()].map((fault) => faultLine(fault, words)));
}

function drawStep(place, text, fault) {
  const [className, word] = text === null
    ? ["badge warn", words.step_unsigned]
    : fault === null
      ? ["badge good", words.step_holds]
      : fault.verdict === "NOT_CHECKED"
        ? ["badge warn", words.step_unchecked]
        : ["badge bad", words.step_refused];
  const status = place.querySelector("[data-status]");
  status.className = className;
  status.textContent = word;
  const told = place.querySelector("[data-told]");
  if (told) told.textContent = fault === null ? text ?? "" : fault.message;
}

// Writes what was computed here over what the service computed.
function drawFound({ found, nodes, leaf }) {
  for (const [name, value] of Object.entries(found)) {
    const place = document.querySelector(`[data-found=${name}]`);
    if (place && value instanceof Uint8Array) place.replaceChildren(hashElement(value));
  }
  document.querySelectorAll(".climb tbody tr").forEach((row, level) => {
    const node = nodes[level];
    if (node === undefined) return;
    const below = level === 0 ? leaf : nodes[level - 1];
    row.querySelector("[data-below]").replaceChildren(hashElement(below));
    const isSame = zegel.hex(node) === SERVED[level];
    row.querySelector("[data-node]").replaceChildren(hashElement(node));
    row.querySelector("[data-here]").textContent = isSame ? words.same : words.differs;
    row.classList.toggle("differs", !isSame);
    const drawn = document.querySelector(`.way [data-level="${level}"]`);
    drawn.classList.toggle("same", isSame);
    drawn.classList.toggle("other", !isSame);
  });
}

// A copy with one character of the event changed: what a forger with the database could do.
function forged(sealed) {
  const copy = sealed.slice();
  const place = copy.findLastIndex((byte) => byte >= 0x30 && byte <= 0x38);
  const changed = place < 0 ? copy.length - 1 : place;
  copy[changed] += 1;
  return [copy, changed];
}

function showBytes(bytes, changed = null) {
  const text = new TextDecoder();
  if (changed === null) {
    at("sealed-text").textContent = text.decode(bytes);
    return;
  }
  const mark = document.createElement("mark");
  mark.textContent = text.decode(bytes.subarray(changed, changed + 1));
  at("sealed-text").replaceChildren(
    text.decode(bytes.subarray(0, changed)), mark, text.decode(bytes.subarray(changed + 1)));
}

const sealed = bytesOf(evidence.sealed);
at("forging").hidden = evidence.checkpoint === null;
at("forge").addEventListener("click", async () => {
  const [copy, changed] = forged(sealed);
  await verify(copy, true);
  showBytes(copy, changed);
  at("restore").hidden = false;
  at("restore").focus();
});
at("restore").addEventListener("click", async () => {
  await verify(sealed, false);
  showBytes(sealed);
  at("forge").focus();
  at("restore").hidden = true;
});
verify(sealed, false);
