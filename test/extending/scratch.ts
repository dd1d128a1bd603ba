/** A copy of src/ in which a change is tried, and what the compiler says of it. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { spawnSync } from 'node:child_process';

/** A file that comes, or lines that are put behind a line which is there. */
export type Edit =
  | { readonly file: string; readonly text: string }
  | { readonly file: string; readonly insert: readonly { readonly after: string; readonly lines: string }[] };

export class Scratch {
  private readonly root = mkdtempSync(path.join(os.tmpdir(), 'assist-rollouts-extending-'));
  private readonly repository = process.cwd();

  constructor() {
    cpSync(path.join(this.repository, 'src'), this.at('src'), { recursive: true });
    for (const name of ['package.json', 'tsconfig.json']) cpSync(path.join(this.repository, name), this.at(name));
    symlinkSync(path.join(this.repository, 'node_modules'), this.at('node_modules'));
    const options = { types: ['node'], noEmit: true, incremental: true, tsBuildInfoFile: '.tsbuildinfo' };
    writeFileSync(
      this.at('tsconfig.src.json'),
      JSON.stringify({ extends: './tsconfig.json', compilerOptions: options, include: ['src/**/*.ts'] }),
    );
  }

  make(edit: Edit): void {
    const file = this.at(edit.file);
    if ('text' in edit) {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, edit.text);
      return;
    }
    let text = readFileSync(file, 'utf8');
    for (const { after, lines } of edit.insert) {
      if (text.split(after).length !== 2) throw new Error(`${edit.file} has not one place with ${after}`);
      text = text.replace(after, () => after + lines);
    }
    writeFileSync(file, text);
  }

  /** As it was. */
  undo({ file, ...edit }: Edit): void {
    if ('text' in edit) rmSync(this.at(file), { force: true });
    else cpSync(path.join(this.repository, file), this.at(file));
  }

  /**
   * Files that the compiler names, in order. By one thread: several find out the same things, each for itself. With
   * nothing tidied up before its end: that takes a third of its time.
   */
  named(): readonly string[] {
    const tsc = path.join(this.repository, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(
      process.execPath,
      [tsc, '-p', 'tsconfig.src.json', '--pretty', 'false', '--singleThreaded'],
      {
        cwd: this.root,
        env: { ...process.env, GOGC: 'off' },
        encoding: 'utf8',
      },
    );
    return [...new Set([...stdout.matchAll(/^(src\/[^(]+)\(\d+,\d+\): error/gm)].map(([, file = '']) => file))].sort();
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }

  private at(relative: string): string {
    return path.join(this.root, relative);
  }
}
