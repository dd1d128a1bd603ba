/** Reads a plan's file and its card's, and says in our words why one cannot be read. */
import { dirname, isAbsolute, relative, resolve, sep, win32 } from 'node:path';
import type { HtmlSource } from '../domain/plan/action-schema.ts';
import { EMPTY_HTML } from '../domain/plan/action-schema.ts';
import type { Fault, Problem } from '../domain/plan/problem.ts';
import { problemAt } from '../domain/plan/problem.ts';
import { HTML_PATH } from '../domain/preflight/check.ts';
import { htmlTooLarge } from '../domain/preflight/checks/html-size.ts';
import type { Bounds } from '../files/read-bounded.ts';
import { FileRefusedError, whyUnread } from '../files/read-bounded.ts';
import type { PlanSource } from './read-plan.ts';

/** Rejects with a FileRefusedError, or with a Node error code (ENOENT, EACCES, EISDIR...). */
export type ReadFile = (path: string, bounds: Bounds) => Promise<string>;

/** A card within the plan at its largest, indented, and much besides. */
const MAX_PLAN_BYTES = 1024 * 1024;

export async function readPlanText(file: string, readFile: ReadFile): Promise<string | Problem> {
  try {
    return await readFile(file, { maxBytes: MAX_PLAN_BYTES });
  } catch (error) {
    return { ...planProblem(file, error), file };
  }
}

function planProblem(file: string, error: unknown): Problem {
  if (error instanceof FileRefusedError && error.code === 'too-large') {
    return problemAt('', {
      code: 'plan-file-too-large',
      message: `${file} has ${error.seen}; expected at most ${MAX_PLAN_BYTES}.`,
      remedy: 'Check that it is a plan; a large card belongs into a file of its own.',
    });
  }
  if (textIn(error, 'code') === 'ENOENT')
    return problemAt('', {
      code: 'plan-file-missing',
      message: `There is no file ${file}.`,
      remedy: 'Check the path of the plan.',
    });
  return problemAt('', unreadable(file, error));
}

export type ReadCard = { readonly html: string; readonly file: string } | { readonly problem: Problem };

/** The problem's place is still that in the plan. */
export async function readCardHtml(
  html: HtmlSource,
  source: PlanSource,
  readFile: ReadFile,
  maxBytes: number,
): Promise<ReadCard> {
  if (html.kind === 'inline') return { html: html.html, file: source.file };
  const folder = dirname(source.file);
  const file = resolve(folder, html.file);
  const way = relative(folder, file);
  if (isAbsolute(html.file) || win32.isAbsolute(html.file)) return { problem: outside('is an absolute path') };
  if (way === '..' || way.startsWith(`..${sep}`)) return { problem: outside('leaves the folder of the plan') };
  try {
    const text = await readFile(file, { maxBytes, within: folder });
    return text.trim() === '' ? { problem: problemAt(`${HTML_PATH}.file`, EMPTY_HTML) } : { html: text, file };
  } catch (error) {
    return { problem: cardProblem(file, error, maxBytes) };
  }
}

function cardProblem(file: string, error: unknown, maxBytes: number): Problem {
  if (error instanceof FileRefusedError && error.code === 'too-large') return htmlTooLarge(error.seen, maxBytes);
  if (error instanceof FileRefusedError && error.code === 'outside') return outside(`is ${error.seen}`);
  if (textIn(error, 'code') !== 'ENOENT') return problemAt(`${HTML_PATH}.file`, unreadable(file, error));
  return problemAt(`${HTML_PATH}.file`, {
    code: 'plan-html-missing',
    message: `The card's file ${file} does not exist.`,
    remedy: 'Write the path of the html as seen from the folder of the plan.',
  });
}

/** A plan is often somebody else's, and its card is shown to everybody: it names no file but its own. */
function outside(what: string): Problem {
  return problemAt(`${HTML_PATH}.file`, {
    code: 'plan-html-outside',
    message: `The card's file ${what}; expected a file in the folder of the plan, or in one below it.`,
    remedy: 'Put the card beside the plan, and write its path as seen from there.',
  });
}

function unreadable(path: string, error: unknown): Fault {
  const isFolder = error instanceof FileRefusedError && error.seen === 'a folder';
  return {
    code: 'plan-file-unreadable',
    message:
      error instanceof FileRefusedError
        ? `${path} is ${error.seen}; expected a file${error.code === 'not-text' ? ' of text' : ''}.`
        : `${path} cannot be read: ${whyUnread(error)}.`,
    remedy: isFolder
      ? 'Name the files in it, such as plans/*.yaml.'
      : 'Check that it is a file and that you may read it.',
  };
}

function textIn(error: unknown, field: 'code' | 'message'): string | undefined {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, field) : undefined;
  return typeof value === 'string' ? value : undefined;
}
