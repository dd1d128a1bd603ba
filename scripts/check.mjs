// `npm run check`: the fast loop. Lint, types, and every test but the end-to-end ones. Further arguments go to Jest.
import { conclude, format, jest, lint, types, unused } from './lib/checks.mjs';
import { root, setUp } from './setup.mjs';

await setUp();
await conclude([
  () => format(root),
  () => lint(root),
  () => types(root),
  () => unused(root),
  () => jest(root, ['--testPathIgnorePatterns', '/node_modules/', '/test/e2e/', ...rest()]),
]);

/** `--` ends the list of ignored patterns, so that what follows is taken for test files. */
function rest() {
  const args = process.argv.slice(2);
  return args.length > 0 ? ['--', ...args] : [];
}
