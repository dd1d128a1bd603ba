import { runSandbox } from '../../src/sandbox/main.ts';

test('the process says where it listens in one JSON line, and closes on SIGTERM', async () => {
  let said: (line: string) => void = () => {};
  const line = new Promise<string>((resolve) => {
    said = resolve;
  });
  const ended = runSandbox({ seed: 42 }, said);
  const { kind, url } = JSON.parse(await line) as { kind: string; url: string };
  expect(kind).toBe('sandbox');
  const health = await fetch(`${url}/sandbox/health`);
  expect(await health.json()).toMatchObject({ ok: true, seed: 42, traffic: { running: false } });
  process.emit('SIGTERM');
  await ended;
  await expect(fetch(`${url}/sandbox/health`)).rejects.toThrow('fetch failed');
});
