/** What axe-core finds in a card as Chromium lays it out: contrast as it is painted, names as they are computed. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { codeOfRule } from '../domain/preflight/a11y/rules.ts';
import type { ContentPolicy } from '../domain/preflight/content-policy.ts';
import { cardDocument } from './card-frame.ts';
import { offlineContext } from './shots.ts';

export interface AxeFinding {
  /** Under which lint tells the same; null where it does not look for it. */
  readonly code: string | null;
  /** Of axe-core, such as `color-contrast`. */
  readonly rule: string;
  readonly impact: string;
  readonly message: string;
  /** CSS selectors of the elements. */
  readonly elements: readonly string[];
}

interface Violation {
  readonly id: string;
  readonly impact?: string | null;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly unknown[] }[];
}

/** Rules about whole pages, which a card is not. */
const OF_PAGES = ['document-title', 'html-has-lang', 'bypass', 'landmark-one-main', 'page-has-heading-one', 'region'];

const NO_SCRIPTS = '<meta http-equiv="Content-Security-Policy" content="script-src \'none\'">';
const TIMEOUT_MS = 30_000;

/** Null when axe-core is not installed. */
export async function axeFindings(browser: Browser, html: string, policy: ContentPolicy): Promise<AxeFinding[] | null> {
  const source = await axeSource();
  if (source === null) return null;
  // axe-core needs JavaScript; the card's own is forbidden by a policy that no organisation's can widen.
  const context = await offlineContext(browser, { javaScriptEnabled: true });
  try {
    const page = await context.newPage();
    await page.setContent(cardDocument(html, policy).replace('<meta charset="utf-8">', `$&${NO_SCRIPTS}`), {
      timeout: TIMEOUT_MS,
    });
    await page.evaluate(source);
    const rules = Object.fromEntries(OF_PAGES.map((rule) => [rule, { enabled: false }]));
    const asked = page.evaluate<readonly Violation[]>(
      `axe.run(document, ${JSON.stringify({ rules })}).then((found) => found.violations)`,
    );
    const violations = await Promise.race([
      asked,
      sleep(TIMEOUT_MS, undefined, { ref: false }).then(() => {
        throw new Error(`axe-core did not answer within ${TIMEOUT_MS / 1000} s.`);
      }),
    ]);
    return violations.map(({ id, impact, help, nodes }) => ({
      code: codeOfRule(id),
      rule: id,
      impact: impact ?? 'unknown',
      message: help,
      elements: nodes.map(({ target }) => target.join(' ')),
    }));
  } finally {
    await context.close();
  }
}

async function axeSource(): Promise<string | null> {
  try {
    return await readFile(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');
  } catch {
    return null;
  }
}
