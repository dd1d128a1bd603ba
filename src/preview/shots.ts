/** Pictures of both versions in every arrangement, and the pixels in which they differ. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext } from 'playwright-core';
import { PNG } from 'pngjs';
import type { CardVersion } from '../domain/plan/plan.ts';
import type { Arrangement } from './arrangements.ts';
import { arrangements, DESKTOP } from './arrangements.ts';
import type { PreviewInput, Shot } from './page.ts';
import { desktopPage } from './page.ts';

/** Nothing is fetched, whatever the policy would allow, and without JavaScript nothing of a card runs. */
export async function offlineContext(browser: Browser, { javaScriptEnabled = false } = {}): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: DESKTOP,
    javaScriptEnabled,
    offline: true,
    reducedMotion: 'reduce',
  });
  await context.route('**', (route) => route.abort());
  return context;
}

/** Files are written into `folder`, which must exist. */
export async function takeShots(
  browser: Browser,
  input: PreviewInput,
  folder: string,
  places: readonly Arrangement[] = arrangements(input.candidate.ui),
): Promise<Shot[]> {
  const { candidate, baseline, policy } = input;
  const context = await offlineContext(browser);
  try {
    const page = await context.newPage();
    const picture = async (action: CardVersion, arrangement: Arrangement): Promise<Buffer> => {
      await page.setContent(desktopPage(action, policy, arrangement));
      return page.screenshot({ animations: 'disabled' });
    };
    const shots: Shot[] = [];
    for (const arrangement of places) {
      const now = await picture(candidate, arrangement);
      const before = baseline === null ? null : await picture(baseline, arrangement);
      shots.push(await keep(arrangement, now, before, folder));
    }
    return shots;
  } finally {
    await context.close();
  }
}

async function keep(
  { position, size }: Arrangement,
  candidate: Buffer,
  baseline: Buffer | null,
  folder: string,
): Promise<Shot> {
  const nameOf = (what: string) => `${position}-${size}-${what}.png`;
  await writeFile(join(folder, nameOf('candidate')), candidate, { mode: 0o600 });
  if (baseline === null) return { position, size, candidate: nameOf('candidate'), baseline: null, difference: null };
  await writeFile(join(folder, nameOf('baseline')), baseline, { mode: 0o600 });
  const { pixels, picture } = await pixelDifference(baseline, candidate);
  await writeFile(join(folder, nameOf('difference')), picture, { mode: 0o600 });
  const percent = (100 * pixels) / (DESKTOP.width * DESKTOP.height);
  return {
    position,
    size,
    candidate: nameOf('candidate'),
    baseline: nameOf('baseline'),
    difference: { file: nameOf('difference'), pixels, percent },
  };
}

/** Two pictures of the same size; smoothing of edges does not count. */
export async function pixelDifference(
  a: Buffer,
  b: Buffer,
): Promise<{ readonly pixels: number; readonly picture: Buffer }> {
  const { default: pixelmatch } = await import('pixelmatch');
  const [before, after] = [PNG.sync.read(a), PNG.sync.read(b)];
  const { width, height } = before;
  const difference = new PNG({ width, height });
  const pixels = pixelmatch(before.data, after.data, difference.data, width, height, { threshold: 0.1 });
  return { pixels, picture: PNG.sync.write(difference) };
}
