import { join } from 'node:path';
import { parseOrganisationPolicy } from '../../src/domain/minimums/schema.ts';
import { FROM_DISK, lintFiles, loadPlan, readPlan } from '../../src/lint/lint.ts';
import { CARD, filesOf, PLAN } from './files.ts';

const DEFAULTS = `apiVersion: assist-rollouts/v1
templates:
  usual:
    steps:
      - ladder: quick
    guardrails:
      - metric: acceptanceRate
        worseWhen: lower
        margin: 10%
        alpha: 0.01
`;
const NAMING = `${PLAN.slice(0, PLAN.indexOf('steps:'))}extends: usual\n`;
const files = (more: Readonly<Record<string, string>>) =>
  filesOf({ 'plans/plan.yaml': NAMING, 'plans/card.html': CARD, 'plans/defaults.yaml': DEFAULTS, ...more });

async function lint(deps: ReturnType<typeof filesOf>, file = 'plans/plan.yaml') {
  const [result] = await lintFiles([file], deps);
  return result?.problems.map(({ code, file: at, line, column }) => `${code} ${at}:${line}:${column}`);
}

test('the templates stand beside the plan; what is started is the plan written out', async () => {
  const [result] = await lintFiles(['plans/plan.yaml'], files({}));
  expect(result).toMatchObject({ ok: true, problems: [] });
  expect(result?.steps).toHaveLength(4);
  expect(result?.written).toMatchObject({ guardrails: [{ margin: '10%' }], steps: [{ setSplit: 10 }, {}, {}, {}] });
  expect(result?.written).not.toHaveProperty('extends');
  const plan = await loadPlan('plans/plan.yaml', files({}));
  expect(plan.guardrails).toHaveLength(1);
  expect(await readPlan('plans/plan.yaml', files({}))).toEqual(plan);
});

test('problems stand in the right file, at their lines', async () => {
  expect(await lint(files({ 'plans/defaults.yaml': DEFAULTS.replace('10%', '10') }))).toEqual([
    'plan-margin plans/defaults.yaml:9:17',
  ]);
  expect(
    await lint(files({ 'plans/plan.yaml': `${NAMING}guardrails: [{ metric: acceptanceRate, margin: 10 }]\n` })),
  ).toEqual(['plan-margin plans/plan.yaml:10:48']);
  expect(await lint(files({ 'plans/defaults.yaml': DEFAULTS.replace('quick', 'quikc') }))).toEqual([
    'plan-ladder plans/defaults.yaml:5:17',
  ]);
  expect(await lint(files({ 'plans/defaults.yaml': DEFAULTS.replace('steps:', 'stepz:') }))).toEqual([
    'plan-unknown-field plans/defaults.yaml:4:5',
  ]);
  expect(await lint(files({ 'plans/defaults.yaml': 'templates: [' }))).toEqual([
    'plan-syntax plans/defaults.yaml:1:13',
  ]);
  expect(await lint(files({ 'plans/plan.yaml': NAMING.replace('usual', 'usaul') }))).toEqual([
    'plan-template plans/plan.yaml:9:10',
  ]);
});

test('a plan that names nothing does not ask for them, and a file that is named must be there', async () => {
  const named = (defaultsFile: string) => ({ ...files({ 'other/set.yaml': DEFAULTS }), defaultsFile });
  expect(await lint(files({ 'plans/plan.yaml': PLAN, 'plans/defaults.yaml': 'junk: [' }))).toEqual([]);
  expect(await lint(named('other/set.yaml'))).toEqual([]);
  expect(await lint(named('other/nothing.yaml'))).toEqual(['plan-file-missing other/nothing.yaml:undefined:undefined']);
});

test('the file itself is linted among plans, each template at its place, and against the minimums', async () => {
  expect(await lint(files({}), 'plans/defaults.yaml')).toEqual([]);
  const bad = DEFAULTS.replace('alpha: 0.01', 'alpha: 1').replace('quick', '{ splits: [7] }');
  expect(await lint(files({ 'plans/defaults.yaml': bad }), 'plans/defaults.yaml')).toEqual([
    'plan-ladder plans/defaults.yaml:5:17',
    'plan-range plans/defaults.yaml:10:16',
  ]);
  const policy = parseOrganisationPolicy({ largestFirstSplit: 5 });
  if (!policy.ok) throw new Error('no policy');
  const deps = { ...files({}), minimums: policy.policy };
  expect(await lint(deps, 'plans/defaults.yaml')).toEqual(['minimum-first-split plans/defaults.yaml:5:17']);
  expect(await lint(deps)).toEqual(['minimum-first-split plans/defaults.yaml:5:17']);
});

test('the examples are well, and what they are written out as is too', async () => {
  const folder = join(__dirname, '../../examples/templates');
  const [defaults, plan] = await lintFiles(
    ['defaults.yaml', 'refund-assist-1.8.0.yaml'].map((name) => join(folder, name)),
    FROM_DISK,
  );
  expect([defaults?.problems, plan?.problems]).toEqual([[], []]);
  expect(plan?.steps?.[0]).toBe('setSplit 2 %');
  expect(plan?.written).toMatchObject({ risk: 'high', policies: { onUndecided: 'rollback' } });
});
