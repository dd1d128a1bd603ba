/** What is wrong with a page as it is shown: it is read without scrolling sideways, and by everybody. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly html: string }[];
}

/** By axe, each with where it stands; frames are documents of others where they are left out. */
export async function axeFindings(page: Page, { iframes = true } = {}): Promise<readonly unknown[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate<{ violations: readonly Violation[] }>(
    `axe.run(document, { iframes: ${iframes} })`,
  );
  return violations.map(({ id, nodes }) => [id, nodes.map(({ target, html }) => `${target.join(' ')}: ${html}`)]);
}

/** How wide its content is; no more than the window, where nothing runs over. */
export function widthOf(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth');
}
