import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ACTIONS, EXPORTS, actionBody, clientOf, closeAfterTest, exportBody, givenSandbox } from './helpers.ts';
import { createOrganisation } from '../../src/sandbox/organisation.ts';
import { startSandbox } from '../../src/sandbox/server.ts';

test('a killed sandbox comes back with the same actions, exports and coverage log, and asks for new tokens', async () => {
  const stateFile = await givenStateFile();
  const first = await givenSandbox({ stateFile });
  await first.call('POST', ACTIONS, actionBody('1.5.0', 5));
  const signingSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const url = 'http://127.0.0.1:9/webhook';
  await first.call('POST', EXPORTS, exportBody(url, { destination: { type: 'webhook', url, signingSecret } }));
  const looks = [ACTIONS, EXPORTS, '/sandbox/coverage'];
  const before = await Promise.all(looks.map((look) => first.call('GET', look)));

  // A second one over the same file is what a kill leaves: nothing was written at closing time.
  const second = await startSandbox({ stateFile });
  closeAfterTest(() => second.close());
  const stale = await fetch(second.url + ACTIONS, { headers: { authorization: `Bearer ${first.token}` } });
  expect(stale.status).toBe(401);
  const client = await clientOf(second);
  const after = await Promise.all(looks.map((look) => client.call('GET', look)));
  expect(after.map(({ body }) => body)).toEqual(before.map(({ body }) => body));
  expect(second.org.exports.all()[0]?.destination.signingSecret).toBe(signingSecret);
});

test('the state file is for its owner only and no draft is left beside it', async () => {
  const stateFile = await givenStateFile();
  await createOrganisation({ stateFile }).close();
  expect((await stat(stateFile)).mode & 0o077).toBe(0);
  expect(await readdir(path.dirname(stateFile))).toEqual(['state.json']);
});

test('the conversations after a restart are new ones', async () => {
  const stateFile = await givenStateFile();
  const idsOfOneRun = (): string[] => {
    let now = 1_700_000_000_000;
    const org = createOrganisation({ stateFile, traffic: { cardsPerSecond: 50 }, now: () => now });
    for (let i = 0; i < 20; i++, now += 100) org.tick();
    void org.close();
    return org.conversations.all().map(({ id }) => id);
  };
  const [first, second] = [idsOfOneRun(), idsOfOneRun()];
  expect(first.length).toBeGreaterThan(20);
  expect(second.filter((id) => first.includes(id))).toEqual([]);
});

test('a state file of something else is refused and left alone', async () => {
  const stateFile = await givenStateFile();
  await writeFile(stateFile, '{"format":9}');
  await expect(startSandbox({ stateFile })).rejects.toMatchObject({
    code: 'sandbox-state-unreadable',
    message: expect.stringContaining(stateFile),
  });
  expect(await readFile(stateFile, 'utf8')).toBe('{"format":9}');
});

test('a port in use is named, with the way out', async () => {
  const { sandbox } = await givenSandbox();
  const port = Number(new URL(sandbox.url).port);
  await expect(startSandbox({ port })).rejects.toMatchObject({
    code: 'sandbox-port-in-use',
    message: expect.stringContaining(String(port)),
  });
});

async function givenStateFile(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sandbox-state-'));
  closeAfterTest(() => rm(folder, { recursive: true }));
  return path.join(folder, 'state.json');
}
