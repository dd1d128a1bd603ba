/** The page and what it is made of: a fixed list, read once. No part of a request ever becomes part of a path. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ContentPolicy } from '../domain/preflight/content-policy.ts';
import { policyText } from '../preview/card-frame.ts';

const JS = 'text/javascript; charset=utf-8';
const FOLDER = join(__dirname, 'page');
const MODULES = [
  'page',
  'card-list',
  'desktop',
  'event-queue',
  'session',
  'sign-in',
  'steady-now',
  'stream',
  'visibility',
  'words',
];

export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
  readonly etag: string;
}

/** By the address at which each is served. */
export function readPageFiles(): ReadonlyMap<string, PageFile> {
  return new Map([
    ['/panel', fileOf(join(FOLDER, 'page.html'), 'text/html; charset=utf-8')],
    ['/panel/page.css', fileOf(join(FOLDER, 'page.css'), 'text/css; charset=utf-8')],
    ['/panel/client-app-sdk.js', fileOf(sdkFile(), JS)],
    ...MODULES.map((name): [string, PageFile] => [`/panel/${name}.js`, fileOf(join(FOLDER, `${name}.js`), JS)]),
  ]);
}

function fileOf(path: string, type: string): PageFile {
  const body = readFileSync(path);
  return { type, body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` };
}

/** The build lays it beside the page; among the sources it is where it was installed. */
function sdkFile(): string {
  const built = join(FOLDER, SDK);
  return existsSync(built)
    ? built
    : join(dirname(require.resolve(`purecloud-client-app-sdk/package.json`)), 'dist', SDK);
}

const SDK = 'purecloud-client-app-sdk.js';

export interface PagePolicy {
  /** Origins that may frame the page. */
  readonly frameAncestors: readonly string[];
  readonly loginUrl: string;
  /** Under which cards are shown. */
  readonly cardPolicy: ContentPolicy;
}

/**
 * A card's frame has its own policy and, being written by the page, the page's too. So what the cards' policy lets them
 * show is let here: styles, pictures, fonts and sounds; never a script.
 */
export function pagePolicy({ frameAncestors, loginUrl, cardPolicy }: PagePolicy): string {
  const shown = (directive: string): readonly string[] =>
    (cardPolicy[directive] ?? cardPolicy['default-src'] ?? []).filter((source) => source !== "'none'");
  const with_ = (directive: string, ...own: readonly string[]): readonly string[] => [
    ...new Set([...own, ...shown(directive)]),
  ];
  return policyText({
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': with_('style-src', "'self'"),
    'img-src': with_('img-src', "'self'"),
    'font-src': with_('font-src', "'self'"),
    'media-src': with_('media-src', "'self'"),
    'connect-src': ["'self'", new URL(loginUrl).origin],
    'frame-ancestors': frameAncestors.length === 0 ? ["'none'"] : frameAncestors,
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
  });
}
