/**
 * First versions of what a card can use. Source: MDN browser-compat-data (https://github.com/mdn/browser-compat-data,
 * CC0),
 * reduced by scripts/build-compat-data.mjs. What all four browsers had below `COMPAT_FLOOR` has no entry.
 */
import compat from './compat-data.json';
import type { Browser, BrowserVersions } from './versions.ts';
import { BROWSERS } from './versions.ts';

/** Version of the compatibility data behind every answer. */
export const COMPAT_DATA_VERSION: string = compat.version;

/** Nothing is known of browsers older than these. */
export const COMPAT_FLOOR: Readonly<Record<Browser, string>> = compat.floor;

/** Names that a plan may put into `requiredFeatures`. */
export const FEATURE_NAMES: readonly string[] = Object.keys(compat.named).sort();

/** First versions that have a feature required by name, in full; undefined for a name that is not known. */
export function namedFeature(name: string): BrowserVersions | undefined {
  return Object.hasOwn(compat.named, name) ? versionsAt(Reflect.get(compat.named, name)) : undefined;
}

/**
 * First versions by path, such as `css`, `selectors`, `has`. Undefined: everybody has had it for long, or nobody knows
 * it.
 */
export function featureAt(...path: readonly string[]): BrowserVersions | undefined {
  let node: unknown = compat.features;
  for (const key of path) {
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, key)) return undefined;
    node = Reflect.get(node, key);
  }
  return versionsAt(
    typeof node === 'object' && node !== null && Object.hasOwn(node, '') ? Reflect.get(node, '') : node,
  );
}

/** First versions of a member by its name alone: the earliest of all kinds of object that have one of that name. */
export function memberNamed(name: string): BrowserVersions | undefined {
  return Object.hasOwn(compat.members, name) ? versionsAt(Reflect.get(compat.members, name)) : undefined;
}

/** First versions of what no browser has, or had. */
export const NOBODY: BrowserVersions = { chrome: '-', edge: '-', firefox: '-', safari: '-' };

function versionsAt(index: unknown): BrowserVersions | undefined {
  return typeof index === 'number' ? VERSIONS[index] : undefined;
}

const VERSIONS: readonly BrowserVersions[] = compat.versions.map((text) => {
  const parts = text.split(' ');
  return Object.fromEntries(
    BROWSERS.map((browser, position) => [browser, parts[position] ?? '-']),
  ) as unknown as BrowserVersions;
});
