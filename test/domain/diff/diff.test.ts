import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cardDiff } from '../../../src/domain/diff/card-diff.ts';
import { fieldChanges } from '../../../src/domain/diff/field-changes.ts';
import { findingsOf } from '../../../src/domain/diff/trigger-findings.ts';
import { measureFiring } from '../../../src/domain/diff/firing.ts';
import { overlapsOf } from '../../../src/domain/diff/overlaps.ts';
import type { Trigger, TriggerCondition } from '../../../src/domain/plan/plan.ts';
import type { Utterance } from '../../../src/domain/trigger/evaluate.ts';
import { ROOT } from '../../helpers/sources.ts';
import { cli, jsonLines } from '../../cli/fixtures.ts';

const OLD = join(ROOT, 'examples/refund-assist-1.5.0.yaml');
const NEW = join(ROOT, 'examples/refund-assist-1.6.0.yaml');
const BILLING = '6f2f7b7e-3a51-4c0e-9c57-0b6c1d1f4a01';
const REFUNDS = '21e8b5a4-6c3d-4f9b-b7a1-9d02e4c68f11';

const queue = (id: string): TriggerCondition => ({ type: 'queue', id });
const trigger = (keywords: string[], conditions: TriggerCondition[] = [], minConfidence = 0.75): Trigger => ({
  keywords,
  conditions,
  minConfidence,
});
const said = (text: string, more: Partial<Utterance> = {}): Utterance => ({
  text,
  confidence: 0.9,
  isFinal: true,
  queueId: BILLING,
  skillIds: [REFUNDS],
  ...more,
});

test('fields that differ are told by their path, with both values; lists are wholes', () => {
  expect(
    fieldChanges({ a: 1, b: { c: [1, 2], d: 'x' }, e: true }, { a: 1, b: { c: [2, 1], d: 'x' }, f: null }),
  ).toEqual([
    { path: 'b.c', before: [1, 2], after: [2, 1] },
    { path: 'e', before: true },
    { path: 'f', after: null },
  ]);
});

test('a card is compared line by line; one that is wholly different is so within the time', () => {
  expect(cardDiff('a\nb\nc', 'a\nB\nc')).toMatchObject({
    added: 1,
    removed: 1,
    lines: expect.arrayContaining(['-b', '+B', ' a', ' c']),
  });
  expect(cardDiff('a', 'a').lines).toEqual([]);
  const lines = (letter: string) => Array.from({ length: 6_000 }, (_, index) => `${letter}${index}`).join('\n');
  expect(cardDiff(lines('a'), lines('b'))).toMatchObject({ added: 6_000, removed: 6_000 });
});

test('both triggers are measured on the same utterances', async () => {
  const firing = await measureFiring(trigger(['refund']), trigger(['refund', 'money back'], [], 0.5), [
    said('a refund'),
    said('my money back'),
    said('hello'),
    said('a refund', { confidence: 0.6 }),
    said('a refund', { isFinal: false }),
  ]);
  expect(firing).toEqual({
    utterances: 5,
    baseline: { fires: 1, whyNot: { noKeyword: 2, confidenceBelow: 1, notFinal: 1 } },
    candidate: { fires: 3, whyNot: { noKeyword: 1, notFinal: 1 } },
    onlyBaseline: 0,
    onlyCandidate: 2,
    spoken: { refund: 2, 'money back': 1 },
  });
});

describe('overlaps', () => {
  const names = (ours: Trigger, other: Trigger) =>
    overlapsOf(ours, [{ action: 'Other', trigger: other }]).flatMap(({ keywords }) => keywords);
  test.each<[string, Trigger, Trigger, number]>([
    ['the same word', trigger(['Refund']), trigger(['refund']), 1],
    ['a phrase that holds the word', trigger(['refund']), trigger(['refund policy']), 1],
    ['a word within a word is none', trigger(['fund']), trigger(['refund']), 0],
    ['other queues', trigger(['refund'], [queue('a')]), trigger(['refund'], [queue('b')]), 0],
    ['any queue', trigger(['refund'], [queue('a')]), trigger(['refund']), 1],
    [
      'other skills, which one agent may both have',
      trigger(['refund'], [{ type: 'skill', id: 'a' }]),
      trigger(['refund'], [{ type: 'skill', id: 'b' }]),
      1,
    ],
  ])('%s', (_what, ours, other, count) => expect(names(ours, other)).toHaveLength(count));
});

test('what can never match, or adds nothing, or is known to nobody, is found', () => {
  const found = findingsOf(trigger(['refund', 'refund policy', '?!'], [queue('a'), queue('b')]), {
    others: [{ action: 'Other', trigger: trigger(['x'], [queue('a')]) }],
    firing: null,
    seen: null,
    baseline: null,
    ids: null,
  });
  expect(found.map(({ kind, what }) => [kind, what])).toEqual([
    ['neverMatches', 'refund policy'],
    ['neverMatches', '?!'],
    ['unknownId', 'queue b'],
  ]);
});

describe('the command', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'diff-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const transcripts = async (lines: readonly (object | string)[]): Promise<string> => {
    const file = join(folder, `${lines.length}.jsonl`);
    await writeFile(file, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
    return file;
  };

  test('says what would be written, which fields, lines and triggers differ', async () => {
    const { code, stdout } = await cli(['diff', NEW, '--against', OLD]);
    expect(code).toBe(0);
    expect(stdout).toContain('RefundAssist 1.5.0 → 1.6.0');
    expect(stdout).toContain('create "RefundAssist v1.6.0", enabled, candidate at 0 %');
    expect(stdout).toContain('raise it: 0 → 2 → 25 → 50 → 100 %');
    expect(stdout).toContain('~ ui.required_features: ["flexbox"] → ["flexbox","details"]');
    expect(stdout).toMatch(/-\s+<h3 class="assist-card__title">Policy reference: refunds<\/h3>/);
    expect(stdout).toMatch(/Trigger\n {2}the same/);
  });

  test('measures firing on transcripts, finds overlaps and conditions that never held', async () => {
    const file = await transcripts([said('a refund please'), said('nothing'), { ...said('pricing'), skillIds: [] }]);
    const { stdout } = await cli(['diff', NEW, '--against', OLD, '--others', OLD, '--transcripts', file, '--json']);
    const [result] = jsonLines(stdout);
    expect(result).toMatchObject({
      kind: 'diff',
      version: '1.6.0',
      baseline: { version: '1.5.0', from: OLD },
      card: { added: expect.any(Number) },
      firing: { utterances: 3, baseline: { fires: 1 }, candidate: { fires: 1 }, onlyCandidate: 0 },
      overlaps: [{ action: 'RefundAssist', keywords: expect.arrayContaining([['refund', 'refund']]) }],
      findings: [{ kind: 'neverMatches', what: 'escalation' }],
    });
  });

  test('without baseline and organisation it shows the document, and says what is missing', async () => {
    const { code, stdout } = await cli(['diff', NEW]);
    expect(code).toBe(0);
    expect(stdout).toContain('No baseline: give --against <plan>');
    expect(stdout).toContain('+ version: "1.6.0"');
  });

  test.each<[string, string]>([
    ['not json', 'is not JSON'],
    ['{"text":"a"}', 'is no utterance: confidence'],
  ])('a line %s is named, and the exit code is 2', async (line, message) => {
    const file = await transcripts([said('a'), line]);
    const { code, stderr } = await cli(['diff', NEW, '--against', OLD, '--transcripts', file]);
    expect(code).toBe(2);
    expect(stderr).toContain(`${file}:2 ${message}`);
  });

  test('a transcript file or plan that is not there is named, and the exit code is 2', async () => {
    expect(await cli(['diff', NEW, '--transcripts', '/nonexistent.jsonl'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('/nonexistent.jsonl cannot be read'),
    });
    expect(await cli(['diff', '/nonexistent.yaml'])).toMatchObject({ code: 2 });
  });
});
