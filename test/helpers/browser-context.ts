/** What a page waits for comes late on a busy machine. */
import type { Browser, BrowserContext } from 'playwright-core';
import { PATIENCE_MS } from './patience.ts';

export async function newContext(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext();
  context.setDefaultTimeout(PATIENCE_MS);
  return context;
}
