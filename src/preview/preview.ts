/** Writes the preview of a plan into a folder. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AxeFinding } from './axe.ts';
import { axeFindings } from './axe.ts';
import { findChromium, openChromium } from './chromium.ts';
import type { PreviewInput, Shot } from './page.ts';
import { previewPage } from './page.ts';
import { takeShots } from './shots.ts';

export interface PreviewOptions extends PreviewInput {
  readonly out: string;
  /** Take pictures and ask axe-core, where Chromium is found. */
  readonly pictures: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Preview {
  /** Path of the page. */
  readonly index: string;
  readonly shots: readonly Shot[];
  /** Null when axe-core was not asked. */
  readonly axe: readonly AxeFinding[] | null;
  /** What was left out, and why. */
  readonly notes: readonly string[];
}

export async function writePreview(options: PreviewOptions): Promise<Preview> {
  await mkdir(options.out, { recursive: true });
  const seen = await look(options);
  const index = join(options.out, 'index.html');
  await writeFile(index, previewPage(options, seen.shots));
  return { index, ...seen };
}

async function look(options: PreviewOptions): Promise<Omit<Preview, 'index'>> {
  if (!options.pictures) return { shots: [], axe: null, notes: [] };
  const path = findChromium(options.env);
  if (path === null) return { shots: [], axe: null, notes: [`${whyNone(options.env['CHROMIUM'])}, so there are no pictures.`] };
  const browser = await openChromium(path);
  if (browser === null) return { shots: [], axe: null, notes: ['playwright-core is not installed, so there are no pictures.'] };
  try {
    const shots = await takeShots(browser, options, options.out);
    const axe = await axeFindings(browser, options.candidate.html, options.policy);
    return { shots, axe, notes: axe === null ? ['axe-core is not installed, so it was not asked.'] : [] };
  } finally {
    await browser.close();
  }
}

function whyNone(named: string | undefined): string {
  return named ? `CHROMIUM names ${named}, which cannot be run` : 'No Chromium was found (CHROMIUM, PATH)';
}
