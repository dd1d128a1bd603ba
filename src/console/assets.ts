/** What pages are made of beside their html: a fixed list, read once. No part of a request ever becomes part of a path. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Asset {
  readonly type: string;
  readonly body: Buffer;
  readonly etag: string;
}

const FOLDER = join(__dirname, 'page');
const JS = 'text/javascript; charset=utf-8';
const FILES: Readonly<Record<string, string>> = {
  'page.js': JS,
  'live.js': JS,
  'page.css': 'text/css; charset=utf-8',
};

/** By the address at which each is served. */
export function readAssets(): ReadonlyMap<string, Asset> {
  return new Map(
    Object.entries(FILES).map(([name, type]): [string, Asset] => {
      const body = readFileSync(join(FOLDER, name));
      return [`/assets/${name}`, { type, body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` }];
    }),
  );
}
