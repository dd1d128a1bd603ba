/** A repository as a CI checks it out: files at a base, and what a branch changes. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from './sources.ts';

export interface Checkout {
  readonly folder: string;
  git(...args: readonly string[]): string;
  /** Null takes the file away. */
  write(file: string, text: string | null): void;
  /** A file of the examples. */
  copy(example: string, file: string): void;
  /** All that there is; its id. */
  commit(message: string): string;
  remove(): void;
}

export function makeCheckout(): Checkout {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'assist-checkout-')));
  const env = { PATH: process.env['PATH'], HOME: folder, GIT_CONFIG_NOSYSTEM: '1' };
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
      cwd: folder,
      env,
      encoding: 'utf8',
    }).trim();
  const at = (file: string): string => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    return join(folder, file);
  };
  git('init', '--quiet', '--initial-branch=main');
  return {
    folder,
    git,
    write: (file, text) => (text === null ? rmSync(join(folder, file)) : writeFileSync(at(file), text)),
    copy: (example, file) => cpSync(join(ROOT, 'examples', example), at(file)),
    commit: (message) => {
      git('add', '--all');
      git('commit', '--quiet', '--message', message);
      return git('rev-parse', 'HEAD');
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
