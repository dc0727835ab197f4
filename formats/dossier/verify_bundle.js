// Verifies a bundle of evidence with the verifier of the dossier, under Node; no dependencies.
//
//     node verify_bundle.js FOLDER POLICY-FILE
//
// The policy comes from the reader, never from the bundle. It prints a report as JSON and ends with
// 0 when the bundle is valid, 3 when it is broken, 4 when nothing was checked. Time stamps are not
// looked into.
"use strict";

const zegel = require("./verify.js");

const { Broken, asBroken, malformed, textOf, utf8, same, hex, sha256, decodeAt, leafHash } = zegel;
const { parsePolicy, openUnderPolicy, verifyProofFile, readBody, bodyDigests } = zegel;
const { openDisclosures, treeRoot, tilePath, parseTile, parseEntries } = zegel;

const HASH_BYTES = 32;
const TILE_WIDTH = 256;

// What a bundle proves under a policy of the reader; never throws for broken evidence.
//
// `read` gives the bytes of a file by its path, or throws a Broken MISSING; `policy` is the text
// of a policy file that the reader has from elsewhere. Time stamps are not looked into.
async function verifyBundle(read, policyText) {
  const report = { findings: [], checkpoint: null, recordsChecked: 0, entriesChecked: 0, opened: 0 };
  const noting = async (check, index = null) => {
    try {
      await check();
    } catch (error) {
      const { verdict, place, expected, found, index: own } = asBroken(error);
      report.findings.push({ verdict, index: own ?? index, place, expected, found });
    }
  };
  const policy = await parsePolicy(policyText);
  let manifest = null;
  await noting(async () => {
    manifest = readManifest(await read("manifest.json"));
  });
  await noting(async () => {
    report.checkpoint = await openUnderPolicy(await read("checkpoint"), policy);
  });
  if (manifest && report.checkpoint) await verifyBundleParts(read, policy, manifest, report, noting);
  const verdicts = report.findings.map((finding) => finding.verdict);
  report.outcome = verdicts.some((verdict) => verdict !== "NOT_CHECKED")
    ? "broken"
    : verdicts.length > 0 ? "not checked" : report.recordsChecked > 0 ? "valid" : "empty";
  return report;
}

function readManifest(bytes) {
  const found = readBody(bytes);
  const isAscending = (each, place, all) =>
    Number.isSafeInteger(each) && each >= 0 && (place === 0 || each > all[place - 1]);
  if (
    found?.format !== "zegel/bundle/v1" || !Array.isArray(found.indexes) ||
    !found.indexes.every(isAscending) || !Array.isArray(found.files) ||
    !found.files.every((file) => typeof file?.path === "string")
  ) {
    throw malformed("manifest.json", "the members of a manifest", "others");
  }
  return found;
}

async function verifyBundleParts(read, policy, manifest, report, noting) {
  const { origin, size, root } = report.checkpoint;
  for (const [name, wanted] of [["origin", origin], ["size", String(size)], ["root", hex(root)]]) {
    await noting(() => {
      const found = String(manifest[name]);
      if (found !== wanted) throw new Broken("MODIFIED", `manifest.json ${name}`, wanted, found);
    });
  }
  for (const { path, sha256: wanted } of manifest.files) {
    await noting(async () => {
      const found = hex(await sha256(await read(path)));
      if (found !== wanted) throw new Broken("MODIFIED", path, `SHA-256 ${wanted}`, found);
    });
  }
  const sound = new Map();
  for (const index of manifest.indexes) {
    await noting(() => verifyBundleRecord(read, policy, report, sound, index), index);
  }
  report.recordsChecked = sound.size;
  await noting(() => verifyOpened(read, manifest, sound, report, noting));
  if (manifest.is_mirror) await noting(() => verifyMirror(read, manifest, report, noting));
}

async function verifyBundleRecord(read, policy, report, sound, index) {
  const sealed = await read(`records/${index}.record`);
  const record = decodeAt(sealed, index, report.checkpoint.origin);
  const leaf = await leafHash(sealed);
  const proof = await read(`records/${index}.tlog-proof`);
  const proven = await verifyProofFile(proof, leaf, index, policy.logs);
  const { size, root } = report.checkpoint;
  if (proven.size !== size || !same(proven.root, root)) {
    throw new Broken("FORK", "proof file", "the checkpoint of the bundle", "another", index);
  }
  const before = sound.get(index - 1);
  if (before && !same(before.leaf, record.previous)) {
    throw new Broken("MODIFIED", "previous", hex(before.leaf), hex(record.previous), index);
  }
  sound.set(index, { record, leaf });
}

async function verifyOpened(read, manifest, sound, report, noting) {
  const text = textOf(await read("disclosures.jsonl"), "disclosures.jsonl");
  const lines = text.split("\n");
  if (lines.pop() !== "") throw malformed("disclosures.jsonl", "a line feed at the end", "none");
  let last = -1;
  for (const line of lines) {
    await noting(async () => {
      const found = readBody(utf8(line));
      const { index, disclosures } = found ?? {};
      const isLine = Number.isSafeInteger(index) && Array.isArray(disclosures);
      if (!isLine || !disclosures.every((each) => typeof each === "string")) {
        throw malformed("disclosures.jsonl", "an index and its disclosures", line.slice(0, 80));
      }
      if (!manifest.indexes.includes(index) || index <= last) {
        throw new Broken("DISCLOSURE_MISMATCH", "disclosures.jsonl", "chosen records, ascending", index, index);
      }
      last = index;
      if (!sound.has(index)) return;
      const digests = bodyDigests(readBody(sound.get(index).record.body));
      await noting(async () => {
        report.opened += (await openDisclosures(digests, disclosures)).opened.size;
      }, index);
    });
  }
}

// Every hash tile of the tree leads to the one above it; entries that are there are hashed again.
async function verifyMirror(read, manifest, report, noting) {
  const { origin, size, root } = report.checkpoint;
  if (size > 2n ** 32n) throw new Broken("TILE_MISMATCH", "tile", "a size up to 2^32", size);
  const levels = [];
  for (let width = Number(size); width > 0; width = Math.floor(width / TILE_WIDTH)) {
    levels.push(await readLevel(read, levels.length, width));
  }
  for (const [level, hashes] of levels.entries()) {
    for (let place = 0; place < (levels[level + 1]?.length ?? 0); place++) {
      const full = hashes.slice(place * TILE_WIDTH, (place + 1) * TILE_WIDTH);
      if (!same(await treeRoot(full), levels[level + 1][place])) {
        const first = place * TILE_WIDTH ** (level + 1);
        throw new Broken("TILE_MISMATCH", tilePath(level, place), "the hash above it", "another", first);
      }
    }
  }
  const leaves = levels[0] ?? [];
  const found = await treeRoot(leaves);
  if (!same(found, root)) throw new Broken("TILE_MISMATCH", "tile", hex(root), hex(found));
  const bundles = manifest.files.filter(({ path }) => path.startsWith("tile/entries/"));
  const known = new Map();
  for (let at = 0; at * TILE_WIDTH < leaves.length; at++) {
    const width = Math.min(TILE_WIDTH, leaves.length - at * TILE_WIDTH);
    known.set(tilePath("entries", at, width), { at, width });
  }
  for (const { path } of bundles) {
    const place = known.get(path);
    await noting(async () => {
      if (!place) throw new Broken("INSERTED", path, "an entry bundle of the tree", "another");
      await verifyEntries(await read(path), place, leaves, origin, report, noting);
    });
  }
}

async function readLevel(read, level, width) {
  const hashes = [];
  for (let at = 0; at * TILE_WIDTH < width; at++) {
    const part = Math.min(TILE_WIDTH, width - at * TILE_WIDTH);
    hashes.push(...parseTile(await read(tilePath(level, at, part)), part));
  }
  return hashes;
}

async function verifyEntries(bytes, { at, width }, leaves, origin, report, noting) {
  for (const [place, entry] of parseEntries(bytes, width).entries()) {
    const index = at * TILE_WIDTH + place;
    await noting(async () => {
      const leaf = await leafHash(entry);
      if (!same(leaf, leaves[index])) {
        throw new Broken("MODIFIED", "entry", `leaf hash ${hex(leaves[index])}`, hex(leaf), index);
      }
      const record = decodeAt(entry, index, origin);
      const before = leaves[index - 1] ?? new Uint8Array(HASH_BYTES);
      if (!same(record.previous, before)) {
        throw new Broken("MODIFIED", "previous", hex(before), hex(record.previous), index);
      }
      report.entriesChecked += 1;
    }, index);
  }
}

// ---------------------------------------------------------------- as a program

// Reads files of a folder; a path that leads out of it is not there.
function folderReader(folder) {
  const fs = require("node:fs");
  const path = require("node:path");
  const root = fs.realpathSync(folder);
  return async (name) => {
    const place = path.join(root, name);
    const isBelow = (found) => found.startsWith(root + path.sep);
    if (!isBelow(place) || !fs.existsSync(place) || !isBelow(fs.realpathSync(place))) {
      throw new Broken("MISSING", name, "a file", "none");
    }
    return new Uint8Array(fs.readFileSync(place));
  };
}

async function main([folder, policyFile]) {
  if (!folder || !policyFile) {
    console.error("usage: node verify_bundle.js FOLDER POLICY-FILE");
    return 2;
  }
  const policy = require("node:fs").readFileSync(policyFile, "utf8");
  const report = await verifyBundle(folderReader(folder), policy);
  const { checkpoint, ...rest } = report;
  const signed = checkpoint && {
    origin: checkpoint.origin, size: String(checkpoint.size), root: hex(checkpoint.root),
    signers: checkpoint.signers.map(({ key }) => key.text),
  };
  console.log(JSON.stringify({ ...rest, checkpoint: signed }, null, 1));
  return { valid: 0, broken: 3 }[report.outcome] ?? 4;
}

module.exports = { verifyBundle };
if (require.main === module) {
  main(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  });
}
