// `npm run sbom`: every package of the lockfile, as CycloneDX (https://cyclonedx.org), into sbom.cdx.json or the file
// that is named.
// Made by `npm sbom`; without its time and number, so that the same lockfile gives the same file. No registry is asked.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const file = path.resolve(process.argv[2] ?? path.join(root, 'sbom.cdx.json'));
const { name } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

const made = execFileSync(
  'npm',
  ['sbom', '--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=application'],
  {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
const {
  serialNumber: _number,
  metadata: { timestamp: _time, ...metadata },
  ...sbom
} = JSON.parse(made);
// npm takes the name of the folder.
const component = { ...metadata.component, name };
writeFileSync(file, `${JSON.stringify({ ...sbom, metadata: { ...metadata, component } }, null, 1)}\n`);
process.stdout.write(`${path.relative(process.cwd(), file)}: ${sbom.components.length} packages\n`);
