/**
 * Plans and cards on a real disk, among them those of somebody who wants to read more than a card, or to hold up who
 * reads.
 */
import { cardOf } from '../../src/targets/card.ts';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lintFiles, loadPlan } from '../../src/lint/lint.ts';
import { CARD, PLAN } from './files.ts';

let root = '';
let folder = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'disk-'));
  folder = join(root, 'plans');
  mkdirSync(folder);
  writeFileSync(join(root, 'secret.env'), 'DB_PASSWORD=hunter2\n');
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function planWithCard(card: string): string {
  const file = join(folder, 'plan.yaml');
  writeFileSync(file, PLAN.replace('card.html', JSON.stringify(card)));
  return file;
}

async function foundIn(file: string): Promise<string[]> {
  const [result] = await lintFiles([file]);
  return (result?.problems ?? []).map(({ code, line, message }) => `${code} ${line ?? '-'} ${message}`);
}

test('a card beside the plan, below it, or behind a link within the folder is read', async () => {
  mkdirSync(join(folder, 'cards'));
  writeFileSync(join(folder, 'cards', '..card.html'), CARD);
  symlinkSync(join('cards', '..card.html'), join(folder, 'link.html'));
  for (const card of ['cards/..card.html', './cards/../link.html']) {
    expect(cardOf((await loadPlan(planWithCard(card))).action).html).toBe(CARD);
  }
});

test('the folder of the plan may itself be behind a link', async () => {
  planWithCard('card.html');
  writeFileSync(join(folder, 'card.html'), CARD);
  symlinkSync('plans', join(root, 'linked'));
  expect(cardOf((await loadPlan(join(root, 'linked', 'plan.yaml'))).action).html).toBe(CARD);
});

describe("a card that is not the plan's own is not read, and nothing of it is told", () => {
  test.each<[what: string, card: string, link: string | null, expected: RegExp]>([
    ['a path out of the folder', '../secret.env', null, /^plan-html-outside 5 .*leaves the folder/],
    [
      'a path out of the folder and far away',
      'a/../../../../../../etc/passwd',
      null,
      /^plan-html-outside 5 .*leaves the folder/,
    ],
    ['the folder above', '..', null, /^plan-html-outside 5 .*leaves the folder/],
    ['an absolute path', '/etc/passwd', null, /^plan-html-outside 5 .*absolute path/],
    ['an absolute path of a device', '/dev/zero', null, /^plan-html-outside 5 .*absolute path/],
    ['an absolute path of Windows', 'C:\\Users\\secret', null, /^plan-html-outside 5 .*absolute path/],
    ['a link to a file outside', 'card.html', '../secret.env', /^plan-html-outside 5 .*link out of it/],
    ['a link to a device', 'card.html', '/dev/zero', /^plan-html-outside 5 .*link out of it/],
    ['a file behind a linked folder', 'card.html/secret.env', '..', /^plan-html-outside 5 .*file outside of it/],
    ['a link to itself', 'card.html', 'card.html', /^plan-file-unreadable 5 .*a link in a circle/],
    ['a link to nothing', 'card.html', 'nothing', /^plan-html-missing 5 /],
    ['the folder itself', '.', null, /^plan-file-unreadable 5 .*is a folder; expected a file/],
    ['a name with a NUL', 'card\0.html', null, /^plan-file-unreadable 5 /],
  ])('%s', async (_, card, link, expected) => {
    if (link !== null) symlinkSync(link, join(folder, 'card.html'));
    const found = await foundIn(planWithCard(card));
    expect(found).toEqual([expect.stringMatching(expected)]);
    expect(found.join()).not.toContain('hunter2');
  });

  test('a named pipe and a socket, which nobody waits for', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe.html')]);
    expect(await foundIn(planWithCard('pipe.html'))).toEqual([
      expect.stringMatching(/^plan-file-unreadable 5 .*is a named pipe; expected a file/),
    ]);
    const server = createServer();
    await new Promise<void>((done) => {
      server.listen(join(folder, 'socket.html'), done);
    });
    expect(await foundIn(planWithCard('socket.html'))).toEqual([
      expect.stringMatching(/^plan-file-unreadable 5 .*is a socket; expected a file/),
    ]);
    await new Promise((done) => {
      server.close(done);
    });
  });

  test('a file of ten gigabytes, of which only the size is looked at', async () => {
    writeFileSync(join(folder, 'card.html'), '');
    truncateSync(join(folder, 'card.html'), 10_000_000_000);
    expect(await foundIn(planWithCard('card.html'))).toEqual([
      'plan-html-too-large 5 The card has 10000000000 bytes; expected at most 262144.',
    ]);
  });
});

describe('what is no plan file has one clear problem', () => {
  test('a folder, a device, a named pipe, and a file that is too large', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe.yaml')]);
    writeFileSync(join(folder, 'large.yaml'), '');
    truncateSync(join(folder, 'large.yaml'), 10_000_000_000);
    expect(await foundIn(folder)).toEqual([`plan-file-unreadable - ${folder} is a folder; expected a file.`]);
    expect(await foundIn('/dev/zero')).toEqual(['plan-file-unreadable - /dev/zero is a device; expected a file.']);
    expect(await foundIn(join(folder, 'pipe.yaml'))).toEqual([
      expect.stringMatching(/^plan-file-unreadable - .*is a named pipe; expected a file/),
    ]);
    expect(await foundIn(join(folder, 'large.yaml'))).toEqual([
      expect.stringMatching(/^plan-file-too-large - .*10000000000 bytes; expected at most 1048576/),
    ]);
  });

  test('a file that says it is empty is still read to its end', async () => {
    expect(await foundIn('/proc/version')).toEqual([expect.stringMatching(/^plan-type 1 /)]);
  });
});
