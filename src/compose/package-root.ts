/** The folder that holds package.json: the same from sources and from compiled output. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

export function packageRoot(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`No package.json above ${__dirname}: the installation is incomplete.`);
    folder = parent;
  }
  return folder;
}
