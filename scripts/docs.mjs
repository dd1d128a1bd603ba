// `npm run docs [-- <folder>]`: the pages of docs/ as a site, into dist-docs/. It needs no server: open index.html.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { root, setUp } from './setup.mjs';

// Nothing of the build is needed, only the library that reads Markdown.
if (!existsSync(path.join(root, 'node_modules', 'marked'))) await setUp();
const { writeSite } = await import('./docs/site.mjs');
const folder = path.resolve(process.argv[2] ?? path.join(root, 'dist-docs'));
try {
  const { pages, files } = writeSite(root, folder);
  process.stdout.write(
    `${path.relative(process.cwd(), folder)}/index.html: ${pages} pages, ${files} files they link to\n`,
  );
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
