// Verifies one dossier with formats/dossier/verify.js: {data, keys, without} in, a report out.
"use strict";

const given = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const real = require("node:crypto").webcrypto.subtle;
const withoutEd25519 = { ...wrapped(), importKey: unsupported };

function wrapped() {
  return { digest: (...all) => real.digest(...all), verify: (...all) => real.verify(...all) };
}

async function unsupported() {
  throw new DOMException("Unrecognized name.", "NotSupportedError");
}

if (given.without) {
  const subtle = given.without === "Ed25519" ? withoutEd25519 : { digest: unsupported, importKey: unsupported };
  Object.defineProperty(globalThis, "crypto", { value: { subtle }, configurable: true });
}

const zegel = require("../../formats/dossier/verify.js");

zegel.verifyDossier(given.data, given.keys).then((report) => {
  const findings = report.findings.map(({ verdict, index, place }) => ({ verdict, index, place }));
  const records = report.records.map((entry) => ({
    isSound: entry.isSound, opened: Object.fromEntries(entry.opened), closed: entry.closed,
  }));
  console.log(JSON.stringify({ outcome: report.outcome, findings, records }));
});
