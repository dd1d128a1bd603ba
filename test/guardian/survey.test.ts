import { surveyEach } from '../../src/guardian/look.ts';
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

test('where no target answers, the look fails with what was answered', async () => {
  await expect(surveyEach({ all: () => [refusing, refusing] }, all)).rejects.toThrow('403 missing.permissions');
});
