import { eventTroubles, surveyAll, surveyEach } from '../../src/guardian/look.ts';
import type { Surveyor } from '../../src/activities/surveyor.ts';
import { PartlySeen } from '../../src/targets/partly-seen.ts';
import type { OpenTarget } from '../../src/targets/target.ts';
import type { SeenVersion } from '../../src/domain/split/seen-version.ts';

const VERSION = { target: 'assistPanel', actionName: 'Card', version: '1.5.0' } as SeenVersion;
const target = (kind: OpenTarget['kind'], survey: () => Promise<readonly SeenVersion[]>): OpenTarget =>
  ({ kind, survey }) as unknown as OpenTarget;
const all = (one: OpenTarget) => one.survey(null);
const refusing = target('copilotQueues', () => Promise.reject(new Error('403 missing.permissions')));

test('a target that refuses the look hides nothing of the others, and is named', async () => {
  const panel = target('assistPanel', () => Promise.resolve([VERSION]));
  expect(await surveyEach({ all: () => [refusing, panel] }, all)).toMatchObject({
    versions: [VERSION],
    unseen: [{ target: 'copilotQueues', why: '403 missing.permissions' }],
  });
});

test('of a target that could be seen in part, that part is seen, and the rest is named', async () => {
  const failed = [{ action: 'Other', error: new Error('403 missing.division.permission') }];
  const partly = target('copilotQueues', () => Promise.reject(new PartlySeen([VERSION], failed)));
  expect(await surveyEach({ all: () => [partly] }, all)).toMatchObject({
    versions: [VERSION],
    unseen: [{ target: 'copilotQueues', why: 'Other could not be looked at: 403 missing.division.permission' }],
  });
});

test('where no target answers, the look fails with what was answered', async () => {
  await expect(surveyEach({ all: () => [refusing, refusing] }, all)).rejects.toThrow('403 missing.permissions');
});

test('what is ours is seen without the organisation, and the rest as it was just looked at for all', async () => {
  const text = { ...VERSION, target: 'copilotSuggestions' } as const;
  const ours = target('copilotSuggestions', () => Promise.resolve([text]));
  const theirs = target('agentAssistActions', () => Promise.reject(new Error('not asked by the guardian itself')));
  const all = (kind: OpenTarget['kind']) =>
    kind === 'agentAssistActions' ? Promise.resolve([VERSION]) : Promise.reject(new Error('ECONNREFUSED'));
  const surveyor = { all } as unknown as Surveyor;
  const seen = await surveyAll({ targets: { all: () => [theirs, ours] }, surveyor }, 0);
  expect(seen).toEqual({ versions: [VERSION, text], unseen: [] });
});

test('a target whose events cannot be asked after is named, and the next is asked all the same', async () => {
  const eventTrouble = (kind: OpenTarget['kind']) =>
    kind === 'assistPanel'
      ? Promise.reject(new Error('ECONNREFUSED'))
      : Promise.resolve({ kind: 'missing', message: 'No responder process runs.' });
  const surveyor = { eventTrouble } as unknown as Surveyor;
  expect(await eventTroubles({ surveyor }, new Set(['assistPanel', 'copilotSuggestions']), 0)).toEqual({
    eventTroubles: [{ target: 'copilotSuggestions', kind: 'missing', message: 'No responder process runs.' }],
    unseen: [{ what: 'events', target: 'assistPanel', why: 'ECONNREFUSED' }],
  });
});

test('a target that does not answer in time is named, and keeps none of the others from being seen', async () => {
  const silent = target('copilotQueues', () => new Promise(() => undefined));
  const panel = target('assistPanel', () => Promise.reject(new Error('not asked by itself')));
  const asked = (kind: OpenTarget['kind']) =>
    kind === 'copilotQueues' ? new Promise<SeenVersion[]>(() => undefined) : Promise.resolve([VERSION]);
  const surveyor = { all: asked } as unknown as Surveyor;
  const own = { ...panel, survey: () => Promise.resolve([VERSION]) } as OpenTarget;
  expect(await surveyAll({ targets: { all: () => [silent, own] }, surveyor }, 0, 20)).toMatchObject({
    versions: [VERSION],
    unseen: [{ target: 'copilotQueues', why: 'It was not looked at within 0.02 s.' }],
  });
});
