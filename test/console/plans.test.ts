/** The editor of plans: what is wrong with a text, what to expect of it, and its start. */
import { createPlans } from '../../src/console/plans.ts';
import type { ForecastAsked } from '../../src/subprocesses/forecaster.ts';
import { forecast } from '../../src/domain/forecast/forecast.ts';
import { seededRandom } from '../../src/domain/shared/random.ts';
import { FROM_DISK } from '../../src/lint/lint.ts';
import { acts, fakeEngine, openConsole, TOKEN } from './helpers.ts';

const PLAN = `apiVersion: assist-rollouts/v1
action:
  name: Refund
  version: 2.0.0
  html: { inline: "<h3>Refunds</h3><p>Check the order first.</p>" }
  trigger: { keywords: [refund, money], conditions: [{ type: queue, id: 6f2f7b7e-3a51-4c0e-9c57-0b6c1d1f4a01 }] }
steps: [{ setSplit: 25 }, { bake: { for: 10m } }, { setSplit: 50 }, { bake: { for: 30m, require: safe } }]
guardrails: [{ metric: acceptanceRate, worseWhen: lower, margin: 40%, alpha: 0.01 }]
`;
const asked: ForecastAsked[] = [];
const plans = createPlans({
  lint: FROM_DISK,
  traffic: null,
  forecaster: {
    forecast: async (given) => {
      asked.push(given);
      const { plan, assumed, audiences = [] } = given;
      return forecast(plan, assumed, { audiences, runs: 1, maxCards: 2_000, random: (run) => seededRandom(run) });
    },
  },
});

test('a plan that is fit has its steps', async () => {
  const { problems, plan, steps } = await plans.look(PLAN);
  expect([problems.filter(({ severity }) => severity === 'error'), plan?.action.version]).toEqual([[], '2.0.0']);
  expect(steps).toHaveLength(4);
});

test.each<[string, string, string]>([
  ['a field that there is none of', PLAN.replace('alpha', 'alhpa'), 'plan-unknown-field'],
  ['nothing', '', 'plan-empty'],
  ['no YAML', 'steps: [', 'plan-syntax'],
])('%s is told with its place', async (_what, text, code) => {
  const { problems, plan } = await plans.look(text);
  expect(plan).toBeNull();
  expect(problems.map((problem) => problem.code)).toContain(code);
  expect(problems.every(({ line }) => line !== undefined)).toBe(true);
});

test.each(['card.html', '/etc/passwd', '../../etc/passwd', 'plan.yaml'])(
  'no file of this machine is read: %s',
  async (file) => {
    const { problems, plan } = await plans.look(PLAN.replace(/html: .*/, `html: { file: ${JSON.stringify(file)} }`));
    expect(plan).toBeNull();
    expect(JSON.stringify(problems)).not.toContain('root:');
    expect(JSON.stringify(problems)).not.toContain(process.cwd());
  },
);

test('what to expect of it is worked out once, from what is given', async () => {
  const { plan } = await plans.look(PLAN);
  if (plan === null) throw new Error('It is fit.');
  const unknown = await plans.forecast(plan, null);
  expect(unknown).toContain('Nothing is known of the volume of Refund');
  const [one, same] = await Promise.all([plans.forecast(plan, 4_000), plans.forecast(plan, 4_000)]);
  expect([asked.length, one === same, asked[0]?.assumed.cardsPerHour]).toEqual([1, true, 4_000]);
  expect(one).toMatchObject({
    from: 'as you say; all else from typical values',
    forecast: { sentence: expect.any(String) as string },
  });
});

test('one that takes too long is told so, and tried again when it is asked for again', async () => {
  let tries = 0;
  const busy = createPlans({
    lint: FROM_DISK,
    traffic: null,
    forecaster: { forecast: async () => ((tries += 1), null) },
  });
  const { plan } = await busy.look(PLAN);
  if (plan === null) throw new Error('It is fit.');
  for (let time = 0; time < 2; time += 1) expect(await busy.forecast(plan, 10)).toContain('takes too long');
  expect(tries).toBe(2);
});

test('one that ends without an answer is told so beside all else, in words', async () => {
  const broken = createPlans({
    lint: FROM_DISK,
    traffic: null,
    forecaster: { forecast: () => Promise.reject(new Error('Worker terminated: reached memory limit')) },
  });
  const { plan } = await broken.look(PLAN);
  if (plan === null) throw new Error('It is fit.');
  expect(await broken.forecast(plan, 999_999_999)).toBe(
    'The simulation ended without an answer: Worker terminated: reached memory limit. ' +
      '`assist-rollouts forecast <plan.yaml>` has the time and the room.',
  );
});

describe('on the page', () => {
  const fake = fakeEngine();
  const site = openConsole(fake, { plans });
  afterAll(() => site.close());

  test('it is checked as a page, and as parts of one', async () => {
    const form = { token: TOKEN, plan: PLAN.replace('alpha', 'alhpa'), reason: 'why <not>' };
    const page = await (await site.post('/plan/check', form)).text();
    expect(page).toContain('alhpa');
    expect(page).toContain('why &lt;not&gt;');
    const parts = await site.post('/plan/check', form, { accept: 'application/json' });
    expect(Object.keys((await parts.json()) as object)).toEqual(expect.arrayContaining(['lint', 'forecast']));
  });

  test('one that is not fit is not started, and stays in the editor; one that is, is', async () => {
    const unfit = await site.post('/plan/start', { token: TOKEN, plan: PLAN.replace('2.0.0', 'two'), reason: 'new' });
    expect([unfit.status, (await unfit.text()).includes('Check the order first'), acts(fake)]).toEqual([422, true, []]);
    expect((await site.post('/plan/start', { token: TOKEN, plan: PLAN })).status).toBe(422);
    expect((await site.post('/plan/start', { token: 'x', plan: PLAN, reason: 'new' })).status).toBe(403);
    expect(acts(fake)).toEqual([]);
    const started = await site.post('/plan/start', { token: TOKEN, plan: PLAN, reason: 'new' });
    expect([started.status, started.headers.get('location')]).toEqual([303, '/rollouts/Refund?done=start.begun']);
    expect(acts(fake)).toMatchObject([
      { what: 'start', given: [{ action: { name: 'Refund', version: '2.0.0' } }, { by: 'ana', reason: 'new' }] },
    ]);
  });

  test('a start that is clicked twice begins one rollout, and both lead to it', async () => {
    fake.taken.length = 0;
    const once = /name="once" value="([^"]+)"/.exec(await (await site.get('/plan')).text())?.[1] ?? '';
    expect(once).not.toBe('');
    const start = (plan = PLAN) => site.post('/plan/start', { token: TOKEN, plan, reason: 'new', once });
    const answers = [...(await Promise.all([start(), start()])), await start()];
    expect([answers.map(({ status }) => status), acts(fake).length]).toEqual([[303, 303, 303], 1]);
    // Another plan out of the same page is another start.
    await start(PLAN.replace('2.0.0', '2.1.0'));
    expect(acts(fake)).toHaveLength(2);
  });

  test('a start that comes again later is another one, for the first may be over', async () => {
    fake.taken.length = 0;
    let ms = 0;
    const later = openConsole(fake, { plans, clock: () => ms });
    const start = () => later.post('/plan/start', { token: TOKEN, plan: PLAN, reason: 'new', once: 'a' });
    for (ms of [0, 9_000, 11_000]) expect((await start()).status).toBe(303);
    expect(acts(fake)).toHaveLength(2);
    later.close();
  });
});
