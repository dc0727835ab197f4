// A verifier of Zegel's evidence, written from docs/reference/format.md and the C2SP texts.
//
// It shares no code with the Python verifier and depends on nothing: WebCrypto hashes and checks
// signatures. The same file runs in a browser, also in a page opened from disk, and in Node.
//
// What holds everywhere:
// - leaf, index, size, algorithm and key come from the caller or from hashed bytes, never from a
//   proof;
// - whatever cannot be checked here is NOT_CHECKED, and an answer with that in it is never "valid";
// - broken evidence is thrown as a Broken with a verdict, text that is no such document as
//   MALFORMED.
//
// Sources: RFC 6962 section 2.1, RFC 9162 section 2.1.3 and 2.1.4, RFC 9901 section 4.2, C2SP
// signed-note v1.0.0, tlog-checkpoint v1.0.0, tlog-cosignature v1.0.1, tlog-tiles v0.1.0,
// tlog-proof and tlog-policy.
"use strict";

const zegel = (() => {
  const HASH_BYTES = 32;
  const MOST_PROOF_HASHES = 63;
  const MOST_RECORD_BYTES = 65535;
  const MOST_SIGNATURES = 64;
  const MOST_NOTE_BYTES = 524288;
  const TILE_WIDTH = 256;
  const MOST_SIZE = 2n ** 63n - 1n;
  const ED25519 = 1;
  const COSIGNATURE = 4;

  class Broken extends Error {
    constructor(verdict, place, expected, found, index = null) {
      super(`${verdict}: ${index === null ? "" : `record ${index}, `}${place}: expected ${expected}, found ${found}`);
      Object.assign(this, { verdict, place, expected, found: String(found).slice(0, 200), index });
    }
  }

  const malformed = (place, expected, found) => new Broken("MALFORMED", place, expected, found);
  const notChecked = (place, found) => new Broken("NOT_CHECKED", place, "a check", found);

  // ---------------------------------------------------------------- bytes

  function subtle() {
    const found = globalThis.crypto?.subtle;
    if (found) return found;
    if (typeof require === "function") return require("node:crypto").webcrypto.subtle;
    throw notChecked("WebCrypto", "none in this browser");
  }

  async function sha256(...parts) {
    return new Uint8Array(await subtle().digest("SHA-256", concat(...parts)));
  }

  function concat(...parts) {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  const same = (left, right) =>
    left.length === right.length && left.every((byte, place) => byte === right[place]);
  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const utf8 = (text) => new TextEncoder().encode(text);
  const ascii = (text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

  function textOf(bytes, place) {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw malformed(place, "UTF-8", "other bytes");
    }
  }

  function toBase64(bytes) {
    let binary = "";
    for (let at = 0; at < bytes.length; at += 32768) {
      binary += String.fromCharCode(...bytes.subarray(at, at + 32768));
    }
    return btoa(binary);
  }

  // RFC 4648 section 4, in the one canonical spelling; null for every other text.
  function fromBase64(text) {
    if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return null;
    const bytes = ascii(atob(text));
    return toBase64(bytes) === text ? bytes : null;
  }

  // Where the first empty line begins; -1 without one.
  const emptyLine = (bytes) => bytes.findIndex((byte, at) => byte === 10 && bytes[at + 1] === 10);

  const toBase64Url = (bytes) =>
    toBase64(bytes).replace(/=+$/, "").replaceAll("+", "-").replaceAll("/", "_");

  // RFC 4648 section 5 without padding, in the one canonical spelling.
  function fromBase64Url(text) {
    if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return null;
    const padded = text.replaceAll("-", "+").replaceAll("_", "/") + "=".repeat(-text.length & 3);
    return fromBase64(padded);
  }

  function hashOf(text, place) {
    const found = fromBase64(text);
    if (found === null || found.length !== HASH_BYTES) {
      throw malformed(place, "32 bytes in base64", text.slice(0, 80));
    }
    return found;
  }

  function requireHash(bytes, place) {
    if (bytes.length !== HASH_BYTES) {
      throw new Broken("MODIFIED", place, "32 bytes", `${bytes.length} bytes`);
    }
  }

  // ---------------------------------------------------------------- sealed records

  const HEADER = [
    ["origin", /^[\x21-\x2a\x2c-\x7e]{1,255}$/],
    ["index", /^(?:0|[1-9][0-9]{0,17})$/],
    ["previous", /^[A-Za-z0-9+/]{43}=$/],
    ["recorded_at", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/],
    ["stream", /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12} (?:0|[1-9][0-9]{0,17})$/],
    ["kind", /^[\x21-\x7e]{1,255}$/],
  ];

  function isInstant(text) {
    const [year, month, day, hour, minute, second] = text.match(/\d+/g).map(Number);
    const days = [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    return (
      year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] &&
      hour <= 23 && minute <= 59 && second <= 59
    );
  }

  const isLeap = (year) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

  // What a sealed record says; throws MODIFIED where no encoder wrote these bytes (section 2).
  function decodeRecord(bytes) {
    const broken = (place, expected, found) => new Broken("MODIFIED", place, expected, found);
    if (bytes.length > MOST_RECORD_BYTES) {
      throw broken("record", `at most ${MOST_RECORD_BYTES} bytes`, bytes.length);
    }
    const end = emptyLine(bytes);
    if (end < 0) throw broken("record", "an empty line after the header", "none");
    const header = bytes.subarray(0, end);
    if (header.some((byte) => byte > 127)) throw broken("header", "ASCII", "other bytes");
    const [format, ...lines] = String.fromCharCode(...header).split("\n");
    if (format !== "zegel/record/v1") throw broken("format", "zegel/record/v1", format);
    if (lines.length !== HEADER.length) throw broken("header", "7 lines", lines.length + 1);
    const record = { body: bytes.subarray(end + 2) };
    HEADER.forEach(([name, pattern], place) => {
      if (!pattern.test(lines[place])) throw broken(name, pattern.source, lines[place].slice(0, 80));
      record[name] = lines[place];
    });
    const previous = fromBase64(record.previous);
    if (previous === null) throw broken("previous", "canonical base64", record.previous);
    if (!isInstant(record.recorded_at)) throw broken("recorded_at", "an instant", record.recorded_at);
    const [stream, version] = record.stream.split(" ");
    return { ...record, previous, index: BigInt(record.index), stream, version: BigInt(version) };
  }

  // Hashes each pair of nodes once: neighbouring records have most of their paths in common.
  function rememberingHash() {
    const known = new Map();
    return async (left, right) => {
      const pair = String.fromCharCode(...left, ...right);
      if (!known.has(pair)) known.set(pair, await nodeHash(left, right));
      return known.get(pair);
    };
  }

  const leafHash = (sealed) => sha256([0], sealed);
  const nodeHash = (left, right) => sha256([1], left, right);

  // The JSON object of a body; null where the body is none (section 5 says nothing about it then).
  function readBody(bytes) {
    try {
      const found = JSON.parse(textOf(bytes, "body"));
      return found !== null && typeof found === "object" && !Array.isArray(found) ? found : null;
    } catch {
      return null;
    }
  }

  // The digests that a body commits to; throws MODIFIED where they are no list of texts.
  function bodyDigests(body) {
    const found = body?._sd ?? [];
    if (!Array.isArray(found) || !found.every((digest) => typeof digest === "string")) {
      throw new Broken("MODIFIED", "_sd", "a list of digests", JSON.stringify(found));
    }
    return found;
  }

  // A chain from index 0: form, index, origin, links and instants; gives the leaf hashes.
  async function verifyChain(origin, sealed) {
    const leaves = [];
    let previous = new Uint8Array(HASH_BYTES);
    let before = "";
    for (const [index, bytes] of sealed.entries()) {
      const record = decodeAt(bytes, index, origin);
      if (!same(record.previous, previous)) {
        throw new Broken("MODIFIED", "previous", hex(previous), hex(record.previous), index);
      }
      if (record.recorded_at < before) {
        throw new Broken("MODIFIED", "recorded_at", `not before ${before}`, record.recorded_at, index);
      }
      before = record.recorded_at;
      previous = await leafHash(bytes);
      leaves.push(previous);
    }
    return leaves;
  }

  // A record that must be the one of this index in the log of this origin.
  function decodeAt(bytes, index, origin) {
    let record;
    try {
      record = decodeRecord(bytes);
    } catch (error) {
      throw error instanceof Broken ? Object.assign(error, { index }) : error;
    }
    if (record.index !== BigInt(index)) {
      throw new Broken("REORDERED", "index", index, record.index, index);
    }
    if (record.origin !== origin) {
      throw new Broken("MODIFIED", "origin", origin, record.origin, index);
    }
    return record;
  }

  // ---------------------------------------------------------------- tree

  async function treeRoot(leaves) {
    if (leaves.length === 0) return sha256();
    leaves.forEach((leaf) => requireHash(leaf, "leaf hashes"));
    let level = leaves;
    while (level.length > 1) {
      const above = [];
      for (let at = 0; at + 1 < level.length; at += 2) {
        above.push(await nodeHash(level[at], level[at + 1]));
      }
      if (level.length % 2 === 1) above.push(level.at(-1));
      level = above;
    }
    return level[0];
  }

  function requireProof(proof, ...hashes) {
    [...hashes, ...proof].forEach((hash) => requireHash(hash, "proof"));
    if (proof.length > MOST_PROOF_HASHES) {
      throw new Broken("MODIFIED", "proof", `at most ${MOST_PROOF_HASHES} hashes`, proof.length);
    }
  }

  function upToLeftEdge(place, last) {
    while (!(place & 1n) && place) [place, last] = [place >> 1n, last >> 1n];
    return [place, last];
  }

  // Returns only if the tree of `size` leaves with this root holds `leaf` at `index`.
  async function verifyInclusion(leaf, index, size, proof, root, hash = nodeHash) {
    let [place, last] = [BigInt(index), BigInt(size) - 1n];
    const broken = (expected, found) =>
      new Broken("MODIFIED", "inclusion proof", expected, found, Number(index));
    if (place < 0n || place > last) throw broken(`an index below ${size}`, index);
    requireProof(proof, leaf, root);
    let found = leaf;
    for (const sibling of proof) {
      if (last === 0n) throw broken("no more hashes than levels", proof.length);
      if (place & 1n || place === last) {
        found = await hash(sibling, found);
        [place, last] = upToLeftEdge(place, last);
      } else {
        found = await hash(found, sibling);
      }
      [place, last] = [place >> 1n, last >> 1n];
    }
    if (last !== 0n) throw broken("as many hashes as levels", proof.length);
    if (!same(found, root)) throw broken(`root ${hex(root)}`, hex(found));
  }

  // Returns only if the tree of `size` leaves starts with that of `oldSize`; size 0 shows nothing.
  async function verifyConsistency(oldSize, oldRoot, size, root, proof) {
    const broken = (expected, found) => new Broken("FORK", "consistency proof", expected, found);
    const [before, after] = [BigInt(oldSize), BigInt(size)];
    if (before <= 0n || before > after) throw broken(`an old size of 1 to ${size}`, oldSize);
    requireProof(proof, oldRoot, root);
    if (before === after) {
      if (proof.length > 0) throw broken("no hashes for equal sizes", proof.length);
      if (!same(oldRoot, root)) throw broken(`root ${hex(oldRoot)}`, hex(root));
      return;
    }
    if (proof.length === 0) throw broken("hashes", "none");
    const [foundOld, found] = await rootsOf(before, oldRoot, after, proof, broken);
    if (!same(foundOld, oldRoot)) throw broken(`old root ${hex(oldRoot)}`, hex(foundOld));
    if (!same(found, root)) throw broken(`root ${hex(root)}`, hex(found));
  }

  async function rootsOf(before, oldRoot, after, proof, broken) {
    // A perfect old tree is a node of the new one, so the proof leaves its root out.
    const isPerfect = (before & (before - 1n)) === 0n;
    const [first, ...rest] = isPerfect ? [oldRoot, ...proof] : proof;
    let [place, last] = [before - 1n, after - 1n];
    while (place & 1n) [place, last] = [place >> 1n, last >> 1n];
    let [old, found] = [first, first];
    for (const sibling of rest) {
      if (last === 0n) throw broken("no more hashes than levels", proof.length);
      if (place & 1n || place === last) {
        old = await nodeHash(sibling, old);
        found = await nodeHash(sibling, found);
        [place, last] = upToLeftEdge(place, last);
      } else {
        found = await nodeHash(found, sibling);
      }
      [place, last] = [place >> 1n, last >> 1n];
    }
    if (last !== 0n) throw broken("as many hashes as levels", proof.length);
    return [old, found];
  }

  // ---------------------------------------------------------------- tiles

  function tilePath(level, number, width = TILE_WIDTH) {
    const groups = [];
    let rest = BigInt(number);
    do {
      groups.unshift(String(rest % 1000n).padStart(3, "0"));
      rest /= 1000n;
    } while (rest > 0n);
    const last = groups.pop();
    const place = [...groups.map((group) => `x${group}`), last].join("/");
    return `tile/${level}/${place}${width < TILE_WIDTH ? `.p/${width}` : ""}`;
  }

  // The hashes of a tile of `width`; the caller knows the width from a verified size.
  function parseTile(bytes, width) {
    if (width < 1 || width > TILE_WIDTH || bytes.length !== width * HASH_BYTES) {
      throw new Broken("TILE_MISMATCH", "tile", `${width} hashes of 32 bytes`, `${bytes.length} bytes`);
    }
    return Array.from({ length: width }, (_, at) =>
      bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES),
    );
  }

  // The entries of a bundle of `width`: u16be length and bytes, one after the other.
  function parseEntries(bytes, width) {
    const entries = [];
    let at = 0;
    while (at < bytes.length) {
      const end = at + 2 + ((bytes[at] << 8) | bytes[at + 1]);
      if (at + 2 > bytes.length || end > bytes.length) {
        throw new Broken("TILE_MISMATCH", "entry bundle", "a length and as many bytes", `${bytes.length - at} bytes`);
      }
      entries.push(bytes.subarray(at + 2, end));
      at = end;
    }
    if (width < 1 || width > TILE_WIDTH || entries.length !== width) {
      throw new Broken("TILE_MISMATCH", "entry bundle", `${width} entries`, entries.length);
    }
    return entries;
  }

  // ---------------------------------------------------------------- signed notes

  const isKeyName = (name) =>
    name !== "" &&
    !/[\u0000-\u0020+\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/.test(name);

  // A verifier key `name+id+base64(type, key)`; throws MALFORMED, also when the id is another.
  async function parseVerifierKey(text) {
    const match = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/su.exec(text);
    const raw = match && fromBase64(match[3]);
    if (!match || !isKeyName(match[1]) || !raw) {
      throw malformed("verifier key", "name+8 hex digits+base64", text.slice(0, 80));
    }
    const [type, key] = [raw[0], raw.subarray(1)];
    if (![ED25519, COSIGNATURE].includes(type) || key.length !== 32) {
      throw malformed("verifier key", "type 1 or 4 and 32 bytes", hex(raw));
    }
    const id = hex((await sha256(utf8(`${match[1]}\n`), raw)).subarray(0, 4));
    if (id !== match[2]) throw malformed("verifier key", `id ${id}`, match[2]);
    return { text, name: match[1], id, type, key };
  }

  // Text and signature lines of a note; throws MALFORMED.
  function parseNote(bytes) {
    if (bytes.length > MOST_NOTE_BYTES) {
      throw malformed("note", `at most ${MOST_NOTE_BYTES} bytes`, bytes.length);
    }
    const whole = textOf(bytes, "note");
    if (/[\x00-\x09\x0b-\x1f]/.test(whole)) throw malformed("note", "no control character", "one");
    const split = whole.lastIndexOf("\n\n");
    if (split < 0) throw malformed("note", "an empty line before the signatures", "none");
    const lines = whole.slice(split + 2).split("\n");
    if (lines.pop() !== "" || lines.length === 0) {
      throw malformed("note", "signature lines that end in a line feed", whole.slice(split + 2, split + 80));
    }
    if (lines.length > MOST_SIGNATURES) {
      throw malformed("note", `at most ${MOST_SIGNATURES} signatures`, lines.length);
    }
    return { text: whole.slice(0, split + 1), signatures: lines.map(parseSignature) };
  }

  function parseSignature(line) {
    const [dash, name, encoded, ...more] = line.split(" ");
    const raw = encoded === undefined ? null : fromBase64(encoded);
    if (dash !== "\u2014" || !isKeyName(name ?? "") || !raw || raw.length < 5 || more.length > 0) {
      throw malformed("signature line", "an em dash, a name and base64", line.slice(0, 80));
    }
    return { name, id: hex(raw.subarray(0, 4)), raw: raw.subarray(4) };
  }

  // Which of these keys signed the note; throws BAD_SIGNATURE, UNKNOWN_KEY or NOT_CHECKED.
  async function verifyNote(bytes, keys) {
    const note = parseNote(bytes);
    const signers = [];
    for (const signature of note.signatures) {
      const key = keys.find((each) => each.name === signature.name && each.id === signature.id);
      if (key) signers.push({ key, ...(await verifySignature(note.text, signature, key)) });
    }
    if (signers.length === 0) {
      const found = note.signatures.map((each) => `${each.name}+${each.id}`).join(", ");
      const wanted = keys.map((key) => `${key.name}+${key.id}`).join(", ") || "a key";
      throw new Broken("UNKNOWN_KEY", "signature", wanted, found);
    }
    return { text: note.text, signers };
  }

  async function verifySignature(text, signature, key) {
    const broken = (expected, found) =>
      new Broken("BAD_SIGNATURE", `signature of ${key.name}`, expected, found);
    let [message, raw, time] = [utf8(text), signature.raw, null];
    if (key.type === COSIGNATURE) {
      if (raw.length !== 72) throw broken("8 + 64 bytes", `${raw.length} bytes`);
      time = new DataView(raw.buffer, raw.byteOffset, 8).getBigUint64(0);
      if (time > MOST_SIZE) throw broken("a time below 2^63", time);
      message = utf8(`cosignature/v1\ntime ${time}\n${text}`);
      raw = raw.subarray(8);
    }
    if (raw.length !== 64) throw broken("64 bytes", `${raw.length} bytes`);
    if (!(await ed25519(key.key, raw, message))) throw broken("one that verifies", "another");
    return { time };
  }

  async function ed25519(key, signature, message) {
    let imported;
    try {
      imported = await subtle().importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
    } catch (error) {
      if (error instanceof Broken) throw error;
      if (error.name === "DataError") return false; // no point of the curve
      throw notChecked("Ed25519", "not in this browser");
    }
    return subtle().verify({ name: "Ed25519" }, imported, signature, message);
  }

  // Origin, size and root of a checkpoint's text; throws MALFORMED.
  async function parseCheckpoint(text) {
    const lines = text.split("\n");
    if (lines.pop() !== "" || lines.length < 3 || lines.includes("")) {
      throw malformed("checkpoint", "origin, size and root, a line each", text.slice(0, 80));
    }
    const [origin, size, encoded] = lines;
    if (!/^(?:0|[1-9][0-9]{0,18})$/.test(size) || BigInt(size) > MOST_SIZE) {
      throw malformed("checkpoint", "a size below 2^63", size.slice(0, 80));
    }
    const root = hashOf(encoded, "checkpoint");
    if (size === "0" && !same(root, await sha256())) {
      throw malformed("checkpoint", "the root of the empty tree", encoded);
    }
    return { origin, size: BigInt(size), root };
  }

  // A checkpoint that its own log signed: by one of these keys, which has the origin as its name.
  async function openCheckpoint(bytes, logKeys, witnessKeys = []) {
    const checkpoint = await parseCheckpoint(parseNote(bytes).text);
    const { signers } = await verifyNote(bytes, [...logKeys, ...witnessKeys]);
    if (!signers.some(({ key }) => logKeys.includes(key) && key.name === checkpoint.origin)) {
      const found = signers.map(({ key }) => key.name).join(", ");
      throw new Broken("UNKNOWN_KEY", "signature", `a key of ${checkpoint.origin}`, found);
    }
    return { ...checkpoint, signers };
  }

  // A tlog-proof file: an index, hashes and a checkpoint, none of them verified.
  function parseProofFile(bytes) {
    const split = emptyLine(bytes);
    const lines = split < 0 ? [] : String.fromCharCode(...bytes.subarray(0, Math.min(split, 131072))).split("\n");
    if (bytes.length > MOST_NOTE_BYTES + 131072 || lines.shift() !== "c2sp.org/tlog-proof@v1") {
      throw malformed("proof file", "c2sp.org/tlog-proof@v1 and an empty line", "other text");
    }
    if (lines[0]?.startsWith("extra ") && fromBase64(lines.shift().slice(6)) === null) {
      throw malformed("proof file", "base64 after extra", "other text");
    }
    const index = /^index (0|[1-9][0-9]{0,18})$/.exec(lines.shift() ?? "");
    if (!index || BigInt(index[1]) > MOST_SIZE) throw malformed("proof file", "index and a number", "other text");
    if (lines.length > MOST_PROOF_HASHES) {
      throw malformed("proof file", `at most ${MOST_PROOF_HASHES} hashes`, lines.length);
    }
    const hashes = lines.map((line) => hashOf(line, "proof file"));
    return { index: BigInt(index[1]), hashes, checkpoint: bytes.subarray(split + 2) };
  }

  // Returns the checkpoint only if it holds `leaf` at `index`, as the caller knows them.
  async function verifyProofFile(bytes, leaf, index, logKeys) {
    const proof = parseProofFile(bytes);
    const checkpoint = await openCheckpoint(proof.checkpoint, logKeys);
    if (proof.index !== BigInt(index)) {
      throw new Broken("MODIFIED", "proof file", `index ${index}`, proof.index, Number(index));
    }
    await verifyInclusion(leaf, index, checkpoint.size, proof.hashes, checkpoint.root);
    return checkpoint;
  }

  // ---------------------------------------------------------------- policy

  // Keys of logs and witnesses, groups and the quorum; throws MALFORMED.
  async function parsePolicy(text) {
    const policy = { logs: [], witnesses: new Map(), groups: new Map(), quorum: null };
    const used = new Set();
    const lines = text.split("\n");
    if (lines.pop() !== "" || /[\x00-\x08\x0b-\x1f\x7f]/.test(text)) {
      throw malformed("policy", "lines that end in a line feed", "other text");
    }
    for (const [number, line] of lines.entries()) {
      const words = line.split(/[ \t]+/).filter(Boolean);
      if (words.length === 0 || words[0].startsWith("#")) continue;
      const bad = (expected) => malformed(`policy line ${number + 1}`, expected, line.slice(0, 80));
      await readPolicyLine(policy, used, words, bad);
    }
    if (policy.quorum === null) throw malformed("policy", "a quorum", "none");
    return policy;
  }

  async function readPolicyLine(policy, used, [item, ...words], bad) {
    const isKnown = (name) => policy.witnesses.has(name) || policy.groups.has(name);
    const require = (holds, expected) => {
      if (!holds) throw bad(expected);
    };
    if (item === "log") {
      require(words.length === 1 || words.length === 2, "log, a key and perhaps an address");
      policy.logs.push(await policyKey(words[0], ED25519, policy.logs, bad));
    } else if (item === "witness") {
      require(words.length === 2 || words.length === 3, "witness, a name, a key and perhaps an address");
      require(!isKnown(words[0]) && words[0] !== "none", "each name once");
      const known = [...policy.witnesses.values()];
      policy.witnesses.set(words[0], await policyKey(words[1], COSIGNATURE, known, bad));
    } else if (item === "group") {
      const [name, count, ...members] = words;
      require(members.length > 0, "group, a name, a number and members");
      require(!isKnown(name) && name !== "none", "each name once");
      for (const member of members) {
        require(isKnown(member) && !used.has(member), "members of earlier lines, each once");
        used.add(member);
      }
      const number = /^(?:0|[1-9][0-9]{0,8})$/.test(count) ? Number(count) : 0;
      const needed = { all: members.length, any: 1 }[count] ?? number;
      require(needed >= 1 && needed <= members.length, "all, any or a number of members");
      policy.groups.set(name, { needed, members });
    } else {
      require(item === "quorum" && words.length === 1, "log, witness, group or quorum");
      require(policy.quorum === null, "one quorum");
      require(words[0] === "none" || isKnown(words[0]), "an earlier name or none");
      policy.quorum = words[0];
    }
  }

  async function policyKey(text, type, known, bad) {
    const key = await parseVerifierKey(text);
    if (key.type !== type) throw bad(`a key of type ${type}`);
    if (known.some((each) => same(each.key, key.key))) throw bad("each key once");
    return key;
  }

  // Whether these keys, which signed, are enough for the policy.
  function meetsQuorum(policy, keys) {
    const holds = (name) => {
      const group = policy.groups.get(name);
      return group
        ? group.members.filter(holds).length >= group.needed
        : keys.includes(policy.witnesses.get(name));
    };
    return policy.quorum === "none" || holds(policy.quorum);
  }

  // A checkpoint that this policy believes: its own log signed it, and enough witnesses saw it.
  async function openUnderPolicy(bytes, policy, logKeys = policy.logs) {
    const checkpoint = await openCheckpoint(bytes, logKeys, [...policy.witnesses.values()]);
    const keys = checkpoint.signers.map(({ key }) => key);
    if (!meetsQuorum(policy, keys)) {
      const found = keys.filter(({ type }) => type === COSIGNATURE).length;
      throw new Broken("UNKNOWN_KEY", "witnesses", `quorum ${policy.quorum}`, `${found} witnesses`);
    }
    return checkpoint;
  }

  // ---------------------------------------------------------------- disclosures

  const disclosureDigest = async (disclosure) => toBase64Url(await sha256(utf8(disclosure)));

  // Salt, name and value of a disclosure; throws DISCLOSURE_MISMATCH.
  function decodeDisclosure(disclosure) {
    const raw = fromBase64Url(disclosure);
    let found = null;
    try {
      found = raw && JSON.parse(textOf(raw, "disclosure"));
    } catch {
      found = null;
    }
    const [salt, name, value] = Array.isArray(found) && found.length === 3 ? found : [];
    if (typeof salt !== "string" || typeof name !== "string") {
      throw new Broken("DISCLOSURE_MISMATCH", "disclosure", "one of RFC 9901", disclosure.slice(0, 40));
    }
    return { salt, name, value };
  }

  // The opened fields of a record by name; throws DISCLOSURE_MISMATCH where one is not sealed.
  async function openDisclosures(digests, disclosures) {
    const waiting = new Set(digests);
    const opened = new Map();
    for (const disclosure of disclosures) {
      const { name, value } = decodeDisclosure(disclosure);
      const digest = await disclosureDigest(disclosure);
      if (!waiting.delete(digest)) {
        throw new Broken("DISCLOSURE_MISMATCH", `disclosure ${name}`, "a digest of the record", digest);
      }
      opened.set(name, value);
    }
    return { opened, closed: waiting.size };
  }

  // ---------------------------------------------------------------- dossiers

  // What an embedded dossier proves under these keys; never throws for broken evidence.
  //
  // `data` is what formats/dossier writes: the checkpoint, the policy, the records with their
  // proofs (numbers into `hashes`) and disclosures. `keys`: verifier keys from elsewhere; without
  // any, those of the policy inside, and `areKeysOwn` says so.
  async function verifyDossier(data, keys = []) {
    const report = { findings: [], records: [], checkpoint: null, areKeysOwn: keys.length === 0 };
    const note = (error, index = null) => {
      error = asBroken(error);
      const { verdict, place, expected, found } = error;
      report.findings.push({ verdict, index: error.index ?? index, place, expected, found });
    };
    try {
      const policy = await parsePolicy(data.policy);
      const logKeys = keys.length > 0 ? await Promise.all(keys.map(parseVerifierKey)) : policy.logs;
      report.checkpoint = await openUnderPolicy(utf8(data.checkpoint), policy, logKeys);
    } catch (error) {
      note(error);
    }
    await verifyDossierRecords(data, report, note);
    const verdicts = report.findings.map((finding) => finding.verdict);
    report.outcome = verdicts.some((verdict) => verdict !== "NOT_CHECKED")
      ? "broken"
      : verdicts.length > 0 ? "not checked" : report.records.length > 0 ? "valid" : "empty";
    return report;
  }

  // WebCrypto says with a DOMException that it cannot; every other surprise is in the data.
  // In a report, what cannot be read is MODIFIED: the list of verdicts is closed.
  function asBroken(error) {
    if (error instanceof DOMException) return notChecked("WebCrypto", error.message);
    if (!(error instanceof Broken)) return new Broken("MODIFIED", "dossier", "evidence", error.message);
    if (error.verdict !== "MALFORMED") return error;
    return new Broken("MODIFIED", error.place, error.expected, error.found, error.index);
  }

  async function verifyDossierRecords(data, report, note) {
    const shared = { leaves: new Map(), hash: rememberingHash(), hashes: [] };
    let before = null;
    for (const [place, each] of (Array.isArray(data.records) ? data.records : []).entries()) {
      const known = data.indexes?.[place] ?? null;
      const entry = { index: known, record: null, body: null, opened: new Map(), closed: 0, isSound: false, isWrong: false };
      report.records.push(entry);
      try {
        const sealed = fromBase64(each.sealed) ?? new Uint8Array();
        entry.record = decodeAt(sealed, known, data.origin);
        if (before && before.index >= entry.record.index) {
          throw new Broken("REORDERED", "index", `above ${before.index}`, known);
        }
        if (before && before.recorded_at > entry.record.recorded_at) {
          throw new Broken("MODIFIED", "recorded_at", `not before ${before.recorded_at}`, entry.record.recorded_at);
        }
        before = entry.record;
        entry.body = readBody(entry.record.body);
        const leaf = await verifyEntry(data, each, entry, report.checkpoint, sealed, shared);
        shared.leaves.set(entry.record.index, leaf);
        entry.isSound = report.checkpoint !== null;
      } catch (error) {
        entry.isWrong = asBroken(error).verdict !== "NOT_CHECKED";
        note(error, known);
      }
    }
    const count = data.indexes?.length ?? 0;
    if (report.records.length !== count) {
      const index = data.indexes?.[report.records.length] ?? null;
      note(new Broken("MISSING", "records", count, report.records.length, index));
    }
  }

  async function verifyEntry(data, each, entry, checkpoint, sealed, { leaves, hash, hashes }) {
    const leaf = await leafHash(sealed);
    if (checkpoint) {
      const proof = each.proof.map((number) =>
        hashes[number] ??= hashOf(data.hashes[number] ?? "", "proof"));
      const { size, root } = checkpoint;
      await verifyInclusion(leaf, entry.record.index, size, proof, root, hash);
    }
    const neighbour = leaves.get(entry.record.index - 1n);
    if (neighbour && !same(neighbour, entry.record.previous)) {
      throw new Broken("MODIFIED", "previous", hex(neighbour), hex(entry.record.previous));
    }
    Object.assign(entry, await openDisclosures(bodyDigests(entry.body), each.disclosures));
    return leaf;
  }

  return {
    Broken, sha256, hex, fromBase64, toBase64, decodeRecord, leafHash, readBody, bodyDigests,
    verifyChain, treeRoot, verifyInclusion, verifyConsistency, tilePath, parseTile, parseEntries,
    parseVerifierKey, parseNote, verifyNote, parseCheckpoint, openCheckpoint, parseProofFile,
    verifyProofFile, parsePolicy, openUnderPolicy, decodeDisclosure, disclosureDigest, openDisclosures,
    verifyDossier, asBroken, malformed, textOf, utf8, same, decodeAt,
  };
})();

if (typeof module !== "undefined") module.exports = zegel;
