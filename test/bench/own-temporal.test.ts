import { findOwnTemporal } from '../../bench/lib/temporal.ts';
import { GOOD_TEMPORAL, freshFolder, program, removeFolders } from '../local/temporal/fakes.ts';

const environment = { ...process.env };
afterEach(async () => {
  process.env = environment;
  await removeFolders();
});

test('a machine without a cache uses what is on PATH, and never the server that somebody else runs', async () => {
  const folder = await freshFolder();
  const temporal = await program(folder, 'temporal', GOOD_TEMPORAL);
  process.env = { PATH: folder, XDG_CACHE_HOME: await freshFolder(), TEMPORAL_ADDRESS: 'temporal.example:7233' };
  await expect(findOwnTemporal(() => undefined)).resolves.toBe(temporal);
});
