/** Writes the preview of a plan into a folder. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../files/make-folder.ts';
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
  makeFolder(options.out);
  const index = join(options.out, 'index.html');
  const write = (shots: readonly Shot[]): Promise<void> =>
    writeFile(index, previewPage(options, shots), { mode: 0o600 });
  await write([]);
  const seen = await look(options);
  if (seen.shots.length > 0) await write(seen.shots);
  return { index, ...seen };
}

async function look(options: PreviewOptions): Promise<Omit<Preview, 'index'>> {
  if (!options.pictures) return { shots: [], axe: null, notes: [] };
  const path = findChromium(options.env);
  if (path === null)
    return { shots: [], axe: null, notes: [`${whyNone(options.env['CHROMIUM'])}, so there are no pictures.`] };
  const notes: string[] = [];
  const browser = await unlessItFails(openChromium(path), 'The browser did not start, so there are no pictures', notes);
  if (browser === undefined) return { shots: [], axe: null, notes };
  if (browser === null)
    return { shots: [], axe: null, notes: ['playwright-core is not installed, so there are no pictures.'] };
  try {
    const shots = await unlessItFails(
      takeShots(browser, options, options.out),
      'Not all pictures could be taken',
      notes,
    );
    const axe = await unlessItFails(
      axeFindings(browser, options.candidate.html, options.policy),
      'axe-core could not look at the card',
      notes,
    );
    if (axe === null) notes.push('axe-core is not installed, so it was not asked.');
    return { shots: shots ?? [], axe: axe ?? null, notes };
  } finally {
    await browser.close();
  }
}

/** The card that one most wants to look at is the one that breaks what looks at it: the page is there all the same. */
async function unlessItFails<T>(work: Promise<T>, what: string, notes: string[]): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    notes.push(`${what}: ${String(error).split('\n', 1)[0] ?? ''}`);
    return undefined;
  }
}

function whyNone(named: string | undefined): string {
  return named ? `CHROMIUM names ${named}, which cannot be run` : 'No Chromium was found (CHROMIUM, PATH)';
}
