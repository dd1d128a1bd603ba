/** A real Chromium, driven by nothing but the pages that it is shown. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium as anyChromium } from '../../src/preview/chromium.ts';

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--mute-audio',
  '--autoplay-policy=no-user-gesture-required',
  '--disable-features=HttpsUpgrades,HttpsFirstBalancedMode',
  '--password-store=basic',
];

/**
 * Path of a Chromium, or undefined where there is none. Throws where CHROMIUM names one that cannot be run: the check
 * was meant to be made.
 */
export function findChromium(env: Readonly<Record<string, string | undefined>> = process.env): string | undefined {
  const found = anyChromium(env);
  if (found === null && env['CHROMIUM'])
    throw new Error(
      `CHROMIUM names ${env['CHROMIUM']}, which cannot be run. Name another, or unset it to take the one of ` +
        'this machine.',
    );
  return found ?? undefined;
}

/** Tells on one line that a check was left out, so that nobody takes it for passed. */
export function withoutChromium(what: string): void {
  process.stdout.write(`No Chromium ($CHROMIUM, PATH): ${what}.\n`);
}

/** Opens the page in a Chromium of its own, and closes that once `done` settles. Rejects when Chromium ends before. */
export async function withChromium<T>(executable: string, url: string, proxy: string, done: Promise<T>): Promise<T> {
  const profile = mkdtempSync(join(tmpdir(), 'assist-rollouts-chromium-'));
  const browser = spawn(
    executable,
    [...ARGS, `--user-data-dir=${profile}`, `--proxy-server=${proxy}`, '--proxy-bypass-list=127.0.0.1', url],
    { stdio: 'ignore', detached: true },
  );
  const exited = new Promise<number | null>((resolve, reject) => {
    browser.once('error', reject);
    browser.once('exit', resolve);
  });
  try {
    return await Promise.race([
      done,
      exited.then((code) => {
        throw new Error(`Chromium ended with ${code} before the pages were done.`);
      }),
    ]);
  } finally {
    killGroup(browser.pid);
    await exited.catch(() => {});
    rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

/** The browser and all that it started; some of it may be gone already. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
