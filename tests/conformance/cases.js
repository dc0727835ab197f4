// Runs cases of tests/vectors with formats/dossier/verify.js: JSON cases in, one answer a line out.
"use strict";

const zegel = require("../../formats/dossier/verify.js");
const { verifyBundle } = require("../../formats/dossier/verify_bundle.js");

const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));
const hash = (text) => new Uint8Array(Buffer.from(text, "hex"));
const keys = (texts) => Promise.all(texts.map(zegel.parseVerifierKey));

function require_(holds) {
  if (!holds) throw new zegel.Broken("MODIFIED", "case", "another answer", "this one");
}

const operations = {
  record: async ({ sealed }) => zegel.decodeRecord(bytes(sealed)),
  chain: ({ origin, sealed }) => zegel.verifyChain(origin, sealed.map(bytes)),
  disclosures: ({ digests, disclosures }) => zegel.openDisclosures(digests, disclosures),
  root: async ({ leaves, root }) =>
    require_(zegel.hex(await zegel.treeRoot(leaves.map(hash))) === root),
  inclusion: ({ leaf, index, size, proof, root }) =>
    zegel.verifyInclusion(hash(leaf), index, size, proof.map(hash), hash(root)),
  consistency: ({ old_size, old_root, size, root, proof }) =>
    zegel.verifyConsistency(old_size, hash(old_root), size, hash(root), proof.map(hash)),
  vkey: ({ vkey }) => zegel.parseVerifierKey(vkey),
  note: async (given) => zegel.verifyNote(bytes(given.note), await keys(given.keys)),
  checkpoint: async ({ note, log_keys, witness_keys }) =>
    zegel.openCheckpoint(bytes(note), await keys(log_keys), await keys(witness_keys)),
  tile_path: async ({ level, index, width, path }) =>
    require_(zegel.tilePath(level, index, width) === path),
  tile: async ({ raw, width }) => zegel.parseTile(bytes(raw), width),
  entries: async ({ raw, width }) => zegel.parseEntries(bytes(raw), width),
  proof_file: async ({ file, leaf, index, log_keys }) =>
    zegel.verifyProofFile(bytes(file), hash(leaf), index, await keys(log_keys)),
  bundle: ({ files, policy }) => bundleAnswer(files, policy),
  policy: async ({ policy, note }) =>
    zegel.openUnderPolicy(bytes(note), await zegel.parsePolicy(policy)),
};

// The verdict of the fault with the lowest index; those about files come after all others.
async function bundleAnswer(files, policy) {
  const report = await verifyBundle(async (path) => {
    if (!(path in files)) throw new zegel.Broken("MISSING", path, "a file", "none");
    return bytes(files[path]);
  }, policy);
  const place = ({ index }) => index ?? Infinity;
  const [first] = report.findings.sort((one, other) => (place(one) < place(other) ? -1 : 1));
  if (report.outcome !== "valid") {
    throw new zegel.Broken(first?.verdict ?? report.outcome, "bundle", "a valid one", "another");
  }
}

async function answer({ operation, input }) {
  try {
    await operations[operation](input);
    return "valid";
  } catch (error) {
    return error instanceof zegel.Broken ? error.verdict : `${error.name}: ${error.message}`;
  }
}

async function main() {
  const cases = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  for (const each of cases) console.log(await answer(each));
}

main();
