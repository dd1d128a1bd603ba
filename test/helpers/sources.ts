/** The sources as the structural tests see them: files, and who imports whom. */
import { readFileSync, readdirSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';

export const ROOT = join(__dirname, '../..');

export interface Source {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string;
}

export interface Import {
  /** `src/x/y.ts:12: import ...`, for messages. */
  readonly where: string;
  readonly from: string;
  /** Path from the root for a file of ours (`src/domain/plan/plan.ts`), else the name of the module. */
  readonly to: string;
  readonly ours: boolean;
  readonly typeOnly: boolean;
}

export function readSources(folder: string): Source[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ path: relative(ROOT, file).split(sep).join('/'), text: readFileSync(file, 'utf8') }));
}

const STATIC = /^[ \t]*(?:import|export)\s+(?<type>type\s)?(?:[^'"`;]*?\sfrom\s+)?['"](?<module>[^'"]+)['"]/gm;
const DYNAMIC = /\b(?:import|require)\(\s*['"](?<module>[^'"]+)['"]/g;

export function importsOf({ path, text }: Source): Import[] {
  const code = withoutComments(text);
  return [...code.matchAll(STATIC), ...code.matchAll(DYNAMIC)].map((match) => {
    const module = match.groups?.['module'] ?? '';
    const ours = module.startsWith('.');
    return {
      where: `${path}:${lineAt(code, match.index)}: ${match[0].trim().replaceAll(/\s+/g, ' ')}`,
      from: path,
      to: ours ? posix.join(posix.dirname(path), module) : module,
      ours,
      typeOnly: match.groups?.['type'] !== undefined,
    };
  });
}

/** Lines of the file that match, as `path:line: text`. Comments do not count. */
export function linesMatching({ path, text }: Source, pattern: RegExp): string[] {
  return withoutComments(text)
    .split('\n')
    .map((line, index) => ({ line, where: `${path}:${index + 1}: ${line.trim()}` }))
    .filter(({ line }) => pattern.test(line))
    .map(({ where }) => where);
}

/** Keeps every line break, so that line numbers stay right. */
function withoutComments(text: string): string {
  return text
    .replaceAll(/\/\*[^]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ' '))
    .replaceAll(/(^|\s)\/\/.*$/gm, '$1');
}

function lineAt(text: string, index: number): number {
  const leading = text.slice(index).search(/\S/);
  return text.slice(0, index + Math.max(0, leading)).split('\n').length;
}
