/** The pages of the project, and what they show of code. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './sources.ts';

export interface Page {
  /** From the root. */
  readonly path: string;
  readonly text: string;
}

export function pages(): readonly Page[] {
  const below = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`);
  return ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', ...below].map((path) => ({
    path,
    text: readFileSync(join(ROOT, path), 'utf8'),
  }));
}

/** Anchors of the headings of a page, as code hosts make them. */
export function anchorsOf(text: string): string[] {
  const titles = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title);
  return titles.map((title) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Fenced blocks, each with its language. */
export function blocksOf(text: string): { readonly language: string; readonly code: string }[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', code = '']) => ({ language, code }));
}

const PROGRAM = /^(?:[A-Z_]+=\S+ )*(?:\$ )?(?:npx )?(?:bin\/)?assist-rollouts ([a-z-].*)$/;

/** What is typed after the program's name: in blocks for a shell, and between backticks where nothing is left out. */
export function commandsOf(text: string): string[] {
  const typed = blocksOf(text)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ code }) => code.replaceAll('\\\n', ' ').split('\n'))
    .flatMap((line) => line.replace(/\s#.*$/, '').split(/ && | \|\| | \| |; /));
  const named = [...text.replaceAll(/^```[\s\S]*?^```$/gm, '').matchAll(/`([^`\n]+)`/g)]
    .map(([, code = '']) => code)
    .filter((code) => !/[…|[\]]/.test(code));
  return [...typed, ...named]
    .filter((line) => !line.includes('<verb>'))
    .flatMap((line) => PROGRAM.exec(line.trim())?.[1] ?? [])
    .map((line) => line.replaceAll(/<[^>]+>/g, 'x'));
}
