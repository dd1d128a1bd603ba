/** What a checkout holds, read as what a stranger asks to merge. */
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRepository } from '../../src/git/repository.ts';
import type { Checkout } from '../helpers/checkout.ts';
import { makeCheckout } from '../helpers/checkout.ts';

let checkout: Checkout;
beforeEach(() => {
  checkout = makeCheckout();
});
afterEach(() => checkout.remove());

const BOUNDS = { maxBytes: 1000 };

test('what changed since a branch left, by name, whatever is in the name', async () => {
  checkout.write('a.yaml', 'one');
  checkout.write('gone.yaml', 'one');
  checkout.commit('base');
  checkout.git('switch', '--quiet', '--create', 'branch');
  const odd = 'ä "quoted"\n`name`.yaml';
  checkout.write(odd, 'new');
  checkout.write('gone.yaml', null);
  checkout.commit('change');
  checkout.git('switch', '--quiet', 'main');
  checkout.write('a.yaml', 'meanwhile');
  checkout.commit('another');
  checkout.git('switch', '--quiet', 'branch');

  const repository = await openRepository(checkout.folder);
  const base = await repository.leavingFrom('main');
  expect(base).toBe(checkout.git('merge-base', 'main', 'branch'));
  const changed = [...(await repository.changedSince(base))];
  expect(changed.toSorted()).toEqual([join(checkout.folder, 'gone.yaml'), join(checkout.folder, odd)].toSorted());
  expect(repository.files).toContain(join(checkout.folder, odd));
});

test('a file is read as it is, and as it was', async () => {
  checkout.write('cards/a.html', '<p>old</p>');
  const base = checkout.commit('base');
  checkout.write('cards/a.html', '<p>new</p>');
  checkout.write('b.html', 'x'.repeat(2000));
  checkout.commit('change');
  const repository = await openRepository(join(checkout.folder, 'cards'));
  const file = join(checkout.folder, 'cards/a.html');
  await expect(repository.readFile(file, BOUNDS)).resolves.toBe('<p>new</p>');
  await expect(repository.readFileAt(base)(file, BOUNDS)).resolves.toBe('<p>old</p>');
  const was = repository.readFileAt(repository.head);
  await expect(was(join(checkout.folder, 'b.html'), BOUNDS)).rejects.toMatchObject({ code: 'too-large' });
  await expect(was(join(checkout.folder, 'none'), BOUNDS)).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(was('/etc/hostname', BOUNDS)).rejects.toMatchObject({ code: 'ENOENT' });
  checkout.write('bytes', '\uFFFD');
  writeFileSync(join(checkout.folder, 'bytes'), Buffer.from([0xff, 0xfe]));
  checkout.commit('bytes');
  await expect(
    repository.readFileAt(checkout.git('rev-parse', 'HEAD'))(join(checkout.folder, 'bytes'), BOUNDS),
  ).rejects.toMatchObject({ code: 'not-text' });
});

test('links, and files that are not committed, are not read: they may lead to the token of the job', async () => {
  symlinkSync('.git/config', join(checkout.folder, 'card.html'));
  symlinkSync('/etc', join(checkout.folder, 'etc'));
  checkout.write('a.yaml', 'a');
  checkout.commit('base');
  const repository = await openRepository(checkout.folder);
  expect(repository.files).toEqual([join(checkout.folder, 'a.yaml')]);
  for (const path of ['card.html', 'etc/hostname', '.git/config', '.git/HEAD', '../outside'])
    await expect(repository.readFile(join(checkout.folder, path), BOUNDS)).rejects.toMatchObject({ code: 'ENOENT' });
});

test.each(['--output=/tmp/x', '-h', 'nowhere', 'main:a.yaml', '', 'main..HEAD', '$(id)'])(
  '%j is no commit to hold a change against',
  async (ref) => {
    checkout.write('a.yaml', 'a');
    checkout.commit('base');
    const repository = await openRepository(checkout.folder);
    await expect(repository.leavingFrom(ref)).rejects.toMatchObject({ code: 'repository-unusable' });
  },
);

test('where there is no repository, that is said', async () => {
  await expect(openRepository('/')).rejects.toMatchObject({ code: 'repository-unusable' });
});
