import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from '../../src/domain/preflight/compat/versions.ts';
import { COMPAT_DATA_VERSION, COMPAT_FLOOR, featureAt, namedFeature } from '../../src/domain/preflight/compat/data.ts';
import { BROWSERS, isEarlier } from '../../src/domain/preflight/compat/versions.ts';
import { ROOT } from '../helpers/sources.ts';

/** Not through Jest's module registry, which would transform 20 MB. */
const bcd = JSON.parse(
  readFileSync(join(ROOT, 'node_modules/@mdn/browser-compat-data/data.json'), 'utf8'),
) as BcdNode & { __meta: { version: string } };

interface Statement {
  readonly version_added?: string | false;
  readonly [more: string]: unknown;
}
interface BcdNode {
  readonly __compat?: { readonly support: Readonly<Record<Browser, Statement | readonly Statement[]>> };
  readonly [key: string]: unknown;
}

test('the committed data is what the installed package gives', () => {
  const answer = execFileSync(process.execPath, [join(ROOT, 'scripts/build-compat-data.mjs'), '--check'], {
    encoding: 'utf8',
  });
  expect(answer).toBe(`current with ${bcd.__meta.version}\n`);
  expect(COMPAT_DATA_VERSION).toBe(bcd.__meta.version);
});

/** Features with one plain statement for each browser, so that no choice of ours lies between. */
const SAMPLE = [
  'html.elements.dialog',
  'html.global_attributes.popover',
  'html.global_attributes.inert',
  'html.elements.input.type_week',
  'css.properties.aspect-ratio',
  'css.properties.gap.flex_context',
  'css.at-rules.container',
  'css.at-rules.layer',
  'css.selectors.has',
  'css.types.color.oklch',
  'css.types.length.viewport_percentage_units_dynamic',
  'css.at-rules.media.prefers-reduced-motion',
  'javascript.operators.logical_or_assignment',
  'javascript.classes.static.initialization_blocks',
  'javascript.builtins.Array.at',
  'javascript.builtins.Promise.any',
  'api.structuredClone',
  'api.Navigator.clipboard',
  'api.HTMLDialogElement.showModal',
  'api.AbortSignal.any_static',
];

test.each(SAMPLE)('%s has the versions of browser-compat-data', (path) => {
  expect(featureAt(...path.split('.'))).toEqual(
    Object.fromEntries(BROWSERS.map((browser) => [browser, versionOf(path, browser)])),
  );
});

test('what all browsers had long ago has no entry, and is still known by name where a plan may require it', () => {
  for (const path of [
    'css.properties.flex',
    'css.properties.display.flex',
    'html.elements.template',
    'javascript.statements.async_function',
  ]) {
    expect(featureAt(...path.split('.'))).toBeUndefined();
    expect(BROWSERS.filter((browser) => isEarlier(COMPAT_FLOOR[browser], versionOf(path, browser)))).toEqual([]);
  }
  expect(namedFeature('flexbox')).toEqual({ chrome: '29', edge: '12', firefox: '28', safari: '9' });
});

test('the data is small', () => {
  const text = readFileSync(join(ROOT, 'src/domain/preflight/compat/compat-data.json'), 'utf8');
  expect(text.length).toBeLessThan(300_000);
});

function versionOf(path: string, browser: Browser): string {
  const node = path.split('.').reduce<BcdNode>((parent, key) => parent[key] as BcdNode, bcd);
  const support = node.__compat?.support[browser];
  const [statement] = [support ?? []].flat<readonly (Statement | readonly Statement[])[]>();
  return statement?.version_added || '-';
}
