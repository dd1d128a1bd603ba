/** What a checkout holds, and held at another commit. Nothing of it is trusted: it is what somebody asks to merge. */
import { execFile } from 'node:child_process';
import { isUtf8 } from 'node:buffer';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import type { Bounds } from '../files/read-bounded.ts';
import { FileRefusedError, readBounded } from '../files/read-bounded.ts';

class GitError extends Error {
  readonly code = 'repository-unusable';
  readonly remedy: string;

  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'GitError';
    this.remedy = remedy;
  }
}

type ReadFile = (path: string, bounds: Bounds) => Promise<string>;

export interface Repository {
  /** The folder that holds it all; every path is absolute. */
  readonly top: string;
  /** The commit that is checked out. */
  readonly head: string;
  /** Files that are committed, or about to be: no links, no other repositories. */
  readonly files: readonly string[];
  /** Reads those, and nothing else. */
  readonly readFile: ReadFile;
  /** Where the way to what is checked out leaves that of `ref`. */
  leavingFrom(ref: string): Promise<string>;
  /** Paths that differ from then, those that are gone too. */
  changedSince(commit: string): Promise<ReadonlySet<string>>;
  /** Reads files as they were. */
  readFileAt(commit: string): ReadFile;
}

const run = promisify(execFile);
/** Names of all files of a large repository. */
const MAX_OUTPUT = 64 * 1024 * 1024;
const TIMEOUT_MS = 120_000;

export async function openRepository(folder: string): Promise<Repository> {
  const top = await said(folder, ['rev-parse', '--show-toplevel']);
  const head = await commitOf(top, 'HEAD');
  const listed = await git(top, ['ls-files', '--stage', '-z']);
  const files = entries(listed).flatMap((entry) => {
    const [, mode, path] = /^(\d+) [0-9a-f]+ \d\t(.*)$/s.exec(entry) ?? [];
    return path !== undefined && mode?.startsWith('100') === true ? [join(top, path)] : [];
  });
  const known = new Set(files);
  return {
    top,
    head,
    files,
    readFile: async (path, bounds) => {
      if (!known.has(resolve(path))) throw missing(path);
      return readBounded(path, { ...bounds, within: bounds.within ?? top });
    },
    leavingFrom: async (ref) => {
      const commit = await commitOf(top, ref);
      return said(top, ['merge-base', commit, head]).catch(() => commit);
    },
    changedSince: async (commit) => {
      const names = await git(top, [
        'diff',
        '--name-only',
        '--no-renames',
        '--no-ext-diff',
        '--ignore-submodules',
        '-z',
        commit,
        '--',
      ]);
      return new Set(entries(names).map((path) => join(top, path)));
    },
    readFileAt: (commit) => (path, bounds) => readAt(top, commit, path, bounds),
  };
}

function entries(output: string): string[] {
  return output.split('\0').filter(Boolean);
}

/** A name that begins with a dash would be an option, one with a colon a file. */
const REF = /^[\p{L}\p{N}_][\p{L}\p{N}_./~^@{}+#=-]*$/u;

async function commitOf(top: string, ref: string): Promise<string> {
  if (!REF.test(ref)) throw unknownRef(ref);
  return said(top, ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]).catch((cause: unknown) => {
    throw unknownRef(ref, cause);
  });
}

function unknownRef(ref: string, cause?: unknown): GitError {
  return new GitError(
    `There is no commit ${JSON.stringify(ref)} in this checkout.`,
    'Give --base a branch, tag or commit that is fetched; a checkout of a CI holds one commit unless it is told to fetch more.',
    { cause },
  );
}

async function readAt(top: string, commit: string, path: string, { maxBytes }: Bounds): Promise<string> {
  const way = relative(top, resolve(path));
  if (way === '' || way.startsWith('..') || isAbsolute(way)) throw missing(path);
  const object = `${commit}:${way.split(sep).join('/')}`;
  const options = { cwd: top, timeout: TIMEOUT_MS, maxBuffer: maxBytes + 1, encoding: 'buffer' } as const;
  const { stdout } = await run('git', ['cat-file', 'blob', object], options).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER'
      ? new FileRefusedError('too-large', `more than ${maxBytes} bytes`)
      : missing(path);
  });
  if (stdout.length > maxBytes) throw new FileRefusedError('too-large', `${stdout.length} bytes`);
  if (!isUtf8(stdout) || stdout.includes(0)) throw new FileRefusedError('not-text', 'no UTF-8 text');
  return stdout.toString('utf8');
}

function missing(path: string): Error {
  return Object.assign(new Error(`${path} is not there`), { code: 'ENOENT' });
}

async function said(cwd: string, args: readonly string[]): Promise<string> {
  return (await git(cwd, args)).trim();
}

async function git(cwd: string, args: readonly string[]): Promise<string> {
  const options = { cwd, timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT } as const;
  try {
    return (await run('git', ['-c', 'core.quotePath=false', '-c', 'core.fsmonitor=false', ...args], options)).stdout;
  } catch (error) {
    const { code, stderr } = error as { readonly code?: unknown; readonly stderr?: string };
    if (code === 'ENOENT')
      throw new GitError('There is no git here.', 'Install git, and run it within a checkout.', { cause: error });
    throw new GitError(
      `git ${args[0] ?? ''} failed in ${cwd}: ${(stderr ?? '').trim().slice(0, 300) || String(code)}`,
      'Run it within a checkout that git takes for safe.',
      { cause: error },
    );
  }
}
