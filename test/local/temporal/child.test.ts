import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { transformFile } from '@swc/core';
import { freshFolder, removeFolders } from './fakes.ts';
import { isAlive } from '../../helpers/is-alive.ts';

afterEach(removeFolders);

test('a child and what it has started end with us, even when we are killed', async () => {
  const parent = spawn(process.execPath, [await parentProgram()], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [first] = (await once(parent.stdout, 'data')) as [Buffer];
  const { child, grandchild } = JSON.parse(String(first)) as { child: number; grandchild: number };
  expect([isAlive(child), isAlive(grandchild)]).toEqual([true, true]);
  parent.kill('SIGKILL');
  await untilDead(child);
  await untilDead(grandchild);
});

/** A process of its own that starts a child through the code under test, prints the process ids and lives on. */
async function parentProgram(): Promise<string> {
  const folder = await freshFolder();
  const { code } = await transformFile(join(__dirname, '../../../src/local/temporal/child.ts'), {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
    swcrc: false,
  });
  await writeFile(join(folder, 'child.js'), code);
  const main = join(folder, 'main.js');
  await writeFile(
    main,
    `
    const { startGuarded } = require('./child.js');
    const started = startGuarded('/bin/sh', ['-c', '/bin/sleep 600 & echo $!; wait'], {
      onLine: (line) => console.log(JSON.stringify({ child: started.process.pid, grandchild: Number(line) })),
    });
  `,
  );
  return main;
}

async function untilDead(pid: number): Promise<void> {
  while (isAlive(pid)) {
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}
