/** The page is held to the browsers that cards are held to, by the same check. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePolicy } from '../../src/domain/preflight/content-policy.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/preflight/settings.ts';
import { lintFiles } from '../../src/lint/lint.ts';
import { ROOT } from '../helpers/sources.ts';
import { filesOf, PLAN } from '../lint/files.ts';

const FOLDER = join(ROOT, 'src/panel/page');
/** Of inline code too, so that nothing but browsers is looked at. */
const settings = {
  ...DEFAULT_SETTINGS,
  policy: parsePolicy("default-src 'self'; script-src-elem 'unsafe-inline'; style-src 'unsafe-inline'"),
};

async function lacks(html: string): Promise<string[]> {
  const [result] = await lintFiles(['plan.yaml'], { ...filesOf({ 'plan.yaml': PLAN, 'card.html': html }), settings });
  return (result?.problems ?? []).filter(({ code }) => code.startsWith('compat-')).map(({ message }) => message);
}

test.each(readdirSync(FOLDER).filter((name) => name.endsWith('.js')))('%s runs in all of them', async (name) => {
  const code = readFileSync(join(FOLDER, name), 'utf8');
  expect(code).not.toContain('</script');
  expect(await lacks(`<script type="module">${code}</script>`)).toEqual([]);
});

test('so does its style sheet', async () => {
  const css = readFileSync(join(FOLDER, 'page.css'), 'utf8');
  // An older browser takes the rule before the first; the second is for what we do not colour ourselves.
  const known = css.replace(/button:focus:not\(:focus-visible\) \{[^}]*\}/, '').replaceAll(/^ *color-scheme:.*$/gm, '');
  expect(await lacks(`<style>${known}</style>`)).toEqual([]);
});

test('what a browser lacks would be found', async () => {
  expect(await lacks('<script type="module">export const a = structuredClone({});</script>')).toHaveLength(1);
});
