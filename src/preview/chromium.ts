/** A Chromium of this machine, driven by playwright-core; both are optional. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Browser } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];
const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * The first that can be run of the PATH and the usual places, unless CHROMIUM names one: then that or none. Null when
 * there is none.
 */
export function findChromium(env: Readonly<Record<string, string | undefined>>): string | null {
  const named = env['CHROMIUM'];
  if (named) return isRunnable(named) ? named : null;
  const folders = (env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const candidates = [...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))), ...USUAL_PLACES];
  return candidates.find(isRunnable) ?? null;
}

/** Null when playwright-core is not installed. The caller closes the browser. */
export async function openChromium(executablePath: string): Promise<Browser | null> {
  const driver = await import('playwright-core').catch(() => null);
  if (driver === null) return null;
  // A frame in a process of its own is painted some time later than its page; nothing runs in it, so it may share one.
  const together = '--disable-features=IsolateSandboxedIframes';
  // Root cannot use Chromium's own sandbox; the card still has that of its frame, and no network.
  const isRoot = process.getuid?.() === 0;
  return driver.chromium.launch({
    executablePath,
    args: ['--disable-gpu', '--force-device-scale-factor=1', together, ...(isRoot ? ['--no-sandbox'] : [])],
  });
}

function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
