/** The page on paper, by a Chromium of this machine. */
import { findChromium, openChromium } from '../preview/chromium.ts';

class NoBrowserError extends Error {
  readonly code = 'no-browser';
  readonly remedy = 'Install Chromium, name one with CHROMIUM, or write --out report.html and print that.';

  constructor(why: string) {
    super(`A PDF needs a Chromium: ${why}`);
    this.name = 'NoBrowserError';
  }
}

/** Throws NoBrowserError where there is none. Nothing is fetched: the page needs nothing. */
export async function pdfOf(page: string, env: Readonly<Record<string, string | undefined>>): Promise<Buffer> {
  const path = findChromium(env);
  if (path === null) throw new NoBrowserError('none was found (CHROMIUM, PATH).');
  const browser = await openChromium(path);
  if (browser === null) throw new NoBrowserError('playwright-core is not installed.');
  try {
    const tab = await browser.newPage({ javaScriptEnabled: false, offline: true, colorScheme: 'light' });
    await tab.setContent(page, { waitUntil: 'load' });
    return await tab.pdf({
      format: 'A4',
      printBackground: true,
      margin: { top: '15mm', bottom: '15mm', left: '12mm', right: '12mm' },
    });
  } finally {
    await browser.close();
  }
}
