// Verifies many dossiers: a JSON array of their data in, one outcome a line out; it never throws.
"use strict";

const zegel = require("../../formats/dossier/verify.js");

async function main() {
  for (const data of JSON.parse(require("node:fs").readFileSync(0, "utf8"))) {
    const report = await zegel.verifyDossier(data);
    console.log(report.outcome);
  }
}

main();
