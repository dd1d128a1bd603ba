/** What pages are made of beside their html: a fixed list, read once. No part of a request ever becomes part of a path. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PICTURES_STYLE } from '../story/style.ts';

export interface Asset {
  readonly type: string;
  readonly body: Buffer;
  readonly etag: string;
}

const FOLDER = join(__dirname, 'page');
const JS = 'text/javascript; charset=utf-8';
const CSS = 'text/css; charset=utf-8';
const FILES: Readonly<Record<string, string>> = {
  'page.js': JS,
  'live.js': JS,
  'plan.js': JS,
  'times.js': JS,
  'page.css': CSS,
};

/** By the address at which each is served. */
export function readAssets(): ReadonlyMap<string, Asset> {
  return new Map([
    ...Object.entries(FILES).map(([name, type]) => assetOf(name, type, readFileSync(join(FOLDER, name)))),
    assetOf('idiomorph.js', JS, readFileSync(require.resolve('idiomorph/dist/idiomorph.esm.js'))),
    assetOf('pictures.css', CSS, Buffer.from(PICTURES_STYLE)),
  ]);
}

function assetOf(name: string, type: string, body: Buffer): [string, Asset] {
  return [`/assets/${name}`, { type, body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` }];
}
