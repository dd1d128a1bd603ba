// `npm test`: sets everything up, then lint, types and all tests. Further arguments go to Jest.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { conclude, format, jest, lint, types, unused } from './lib/checks.mjs';
import { say } from './lib/processes.mjs';
import { root, setUp } from './setup.mjs';

const asked = process.argv.slice(2);
await conclude([
  prepare,
  () => format(root),
  () => lint(root),
  () => types(root),
  () => unused(root),
  () => jest(root, asked),
]);

/** What fails here is counted, and the rest still runs: a type error should not hide which tests fail. */
async function prepare() {
  let failed = 0;
  for (const step of [setUp, obtainTemporal]) {
    await step().catch((error) => {
      say(error.message);
      failed += 1;
    });
  }
  return { passed: 0, failed };
}

/** Before the tests start: a build of the server takes minutes, which no test would wait for. */
async function obtainTemporal() {
  const server = path.join(root, 'dist/src/local/temporal/server.js');
  const temporal = await (await import(pathToFileURL(server).href)).obtainTemporal({ env: process.env, log: say });
  say(`Temporal: ${temporal.address ?? temporal.path}`);
}
