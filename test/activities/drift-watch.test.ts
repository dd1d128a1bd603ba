/** The organisation is looked at beside the judge: shared between rollouts, and told only when a second look agrees. */
import { awaitDrift } from '../../src/activities/drift-watch.ts';
import type { DriftDeps } from '../../src/activities/drift-watch.ts';
import { createSight, unseenClause } from '../../src/activities/sight.ts';
import { createSurveyor } from '../../src/activities/surveyor.ts';
import type { SeenVersion } from '../../src/domain/split/seen-version.ts';
import { GenesysError } from '../../src/genesys/errors.ts';
import type { EventSource, EventTrouble } from '../../src/targets/target.ts';
import { fingerprintOf, refOf } from '../helpers/arms.ts';
import { untilHolds } from '../helpers/outside.ts';

const seen = (id: string, more: Partial<SeenVersion> = {}): SeenVersion => ({
  target: 'agentAssistActions',
  id,
  actionName: 'RefundAssist',
  version: '1',
  group: id.startsWith('c') ? 'candidate' : 'control',
  enabled: true,
  splitPercent: 50,
  fingerprint: fingerprintOf(id),
  rolloutId: null,
  standsAlone: false,
  changedAt: null,
  changedBy: null,
  ...more,
});
const swapped = seen('c', { fingerprint: { ...fingerprintOf('c'), html: 'another' } });
const deployment = {
  target: 'agentAssistActions' as const,
  actionName: 'RefundAssist',
  baseline: refOf('b', '1'),
  candidate: refOf('c', '2'),
};
const watched = {
  deployment,
  expected: { splitPercent: 50, stage: 'both' as const, acceptedRivals: [] },
  known: { keys: [] },
  splitSinceMs: 0,
};

const eventsWith = (trouble: EventTrouble | null): EventSource => ({
  open: () => Promise.resolve(),
  trouble: () => Promise.resolve(trouble),
});

/** Answers the listings in turn, the last one again and again. */
function depsOf(
  listings: readonly (readonly SeenVersion[] | Error)[],
  exportTrouble: string | null = null,
): DriftDeps & { readonly looks: () => number } {
  let looks = 0;
  const survey = (): Promise<readonly SeenVersion[]> => {
    const listing = listings[Math.min(looks, listings.length - 1)] ?? [];
    looks += 1;
    return listing instanceof Error ? Promise.reject(listing) : Promise.resolve(listing);
  };
  const trouble = exportTrouble === null ? null : { kind: 'missing' as const, message: exportTrouble };
  const surveyor = createSurveyor({
    targets: { of: () => ({ survey, events: eventsWith(trouble) }) },
    publicUrl: '',
    now: Date.now,
  });
  return { surveyor, now: Date.now, driftEveryMs: 20, looks: () => looks };
}

test('a swapped card is told once a second look agrees', async () => {
  const deps = depsOf([[seen('b'), swapped]]);
  await expect(awaitDrift(deps, watched, new AbortController().signal)).resolves.toMatchObject({
    kind: 'candidateContent',
  });
  expect(deps.looks()).toBe(2);
});

test('what only one look shows, a lagging listing, is nothing; an organisation that does not answer neither', async () => {
  const deps = depsOf([[seen('b'), swapped], [seen('b'), seen('c')], new Error('503'), [seen('b'), swapped]]);
  await expect(awaitDrift(deps, watched, new AbortController().signal)).resolves.toMatchObject({
    kind: 'candidateContent',
  });
  expect(deps.looks()).toBeGreaterThanOrEqual(4);
});

test('since when the organisation does not answer is told, with why, until it answers', async () => {
  const away = new GenesysError({ kind: 'network', asked: 'GET agentassist/actions', came: 'ECONNREFUSED' });
  const sight = createSight(0);
  const look = async (deps: DriftDeps): Promise<void> => {
    const ended = new AbortController();
    const looking = awaitDrift(deps, { ...watched, sight }, ended.signal);
    await untilHolds('it has looked', () => (sight.failure === null) === (deps !== gone));
    ended.abort();
    await looking;
  };
  const gone = depsOf([away]);
  await look(gone);
  expect(unseenClause(sight, 59_000)).toBeNull();
  expect(unseenClause(sight, 60_000)).toMatch(
    /^the organisation was last seen at 1970-01-01T00:00:00.000Z, so .* not noticed \(.*ECONNREFUSED.*[^.]\)$/,
  );
  await look(depsOf([[seen('b'), seen('c')]]));
  expect(unseenClause(sight, Date.now() + 3_600_000)).toBeNull();
});

test.each(['forbidden', 'unauthorized'] as const)(
  'a look that is refused (%s) is told: nobody watches for drift',
  async (kind) => {
    const refused = new GenesysError({ kind, asked: 'GET agentassist/actions', came: '403 missing.permission' });
    const told = await awaitDrift(depsOf([refused]), watched, new AbortController().signal);
    expect(told).toMatchObject({ kind: 'unseen', message: expect.stringMatching(/^Drift cannot be watched: .*403/) });
    const swap = depsOf([refused, refused, [seen('b'), swapped]]);
    const known = { ...watched, known: { keys: [told?.key ?? ''] } };
    await expect(awaitDrift(swap, known, new AbortController().signal)).resolves.toMatchObject({
      kind: 'candidateContent',
    });
  },
);

test('a refusal that was heard of is told again once a look was let in between', async () => {
  const refused = new GenesysError({ kind: 'forbidden', asked: 'GET agentassist/actions', came: '403' });
  const heard = { ...watched, known: { keys: ['unseen'] } };
  const deps = depsOf([refused, refused, [seen('b'), seen('c')], refused]);
  await expect(awaitDrift(deps, heard, new AbortController().signal)).resolves.toMatchObject({ kind: 'unseen' });
  expect(deps.looks()).toBe(5);
});

test('what the workflow has heard of is not told again; an end of the watch ends the looking', async () => {
  const known = (await awaitDrift(depsOf([[seen('b'), swapped]]), watched, new AbortController().signal))?.key ?? '';
  const ended = new AbortController();
  setTimeout(() => {
    ended.abort();
  }, 300);
  await expect(
    awaitDrift(depsOf([[seen('b'), swapped]]), { ...watched, known: { keys: [known] } }, ended.signal),
  ).resolves.toBeNull();
});

test('an export that is gone is drift, after everything that agents see', async () => {
  const gone = 'The export is gone.';
  await expect(
    awaitDrift(depsOf([[seen('b'), seen('c')]], gone), watched, new AbortController().signal),
  ).resolves.toMatchObject({ kind: 'export', message: gone });
  await expect(
    awaitDrift(depsOf([[seen('b'), swapped]], gone), watched, new AbortController().signal),
  ).resolves.toMatchObject({ kind: 'candidateContent' });
});

test('a hundred rollouts that look at once make as few calls as a listing of all has pages', async () => {
  const calls: (string | null)[] = [];
  const survey = (name: string | null): Promise<readonly SeenVersion[]> => {
    calls.push(name);
    return Promise.resolve(Array.from({ length: 100 }, (_, i) => seen(`c${i}`, { actionName: `Card ${i}` })));
  };
  let nowMs = 1_000_000;
  const look = (name: string) => surveyor.look({ target: 'agentAssistActions', actionName: name }, nowMs - 10_000);
  const surveyor = createSurveyor({
    targets: { of: () => ({ survey, events: eventsWith(null) }) },
    publicUrl: '',
    now: () => nowMs,
  });
  const looks = await Promise.all(Array.from({ length: 100 }, (_, i) => look(`Card ${i}`)));
  expect(looks.map((versions) => versions.map(({ id }) => id))).toEqual(
    Array.from({ length: 100 }, (_, i) => [`c${i}`]),
  );
  expect(calls.length).toBeLessThanOrEqual(3);
  calls.length = 0;
  nowMs += 25_000;
  await Promise.all(Array.from({ length: 100 }, (_, i) => look(`Card ${i}`)));
  expect(calls).toEqual([null]);
});
