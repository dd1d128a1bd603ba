/** What a page waits for comes late on a busy machine. */
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';
import { PATIENCE_MS } from './patience.ts';

export async function newContext(browser: Browser, options?: BrowserContextOptions): Promise<BrowserContext> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(PATIENCE_MS);
  return context;
}
