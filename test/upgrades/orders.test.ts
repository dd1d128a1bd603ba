/**
 * What processes say to each other through Temporal stays what the other release understands, both ways: what a workflow
 * orders from an activity, for without builds a worker of either takes the next task; and what workflows are begun with,
 * asked and told, for clients (the command line, the console, the api process, other rollouts) are of either as well.
 * `RECORD_HISTORIES=<release>` keeps the shapes of a new one.
 */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../helpers/sources.ts';
import type { KeptOrders, Misfit, Shape } from './orders/shape.ts';
import * as messages from '../../src/workflows/messages.ts';
import { misfits, shapeOf } from './orders/shape.ts';
import { recordedCalls } from './orders/recorded.ts';

/**
 * What the older of two releases passes over, by path (or by what is said of it, where it is a signal), with why that
 * does no harm: it may mean more than the older one knows, as `isDryRun` would.
 */
const HARMLESS: Readonly<Record<string, string>> = {};

const folder = join(__dirname, 'orders', 'kept');
const release = process.env.RECORD_HISTORIES;
const releases = (): string[] => readdirSync(folder).map((file) => file.replace(/\.json$/, ''));
const read = (of: string): KeptOrders => JSON.parse(readFileSync(join(folder, `${of}.json`), 'utf8')) as KeptOrders;

let now: KeptOrders;
beforeAll(async () => {
  const { stdout } = await promisify(execFile)('node', [join(ROOT, 'scripts', 'orders.mjs')], { maxBuffer: 2 ** 26 });
  now = JSON.parse(stdout) as KeptOrders;
  if (release !== undefined) await writeFile(join(folder, `${release}.json`), stdout);
});

const PARTS = ['order', 'answer'] as const;
type Part = (typeof PARTS)[number];

/** Everything that `from` says and `to` hears. */
function heard(from: KeptOrders, to: KeptOrders, part: Part): readonly Misfit[] {
  return Object.entries(from.said).flatMap(([name, given]) => {
    const expected = to.said[name];
    if (expected === undefined) return [{ kind: 'refused' as const, text: `${name}: nobody there knows it` }];
    const path = `${name}.${part}`;
    return misfits({ shape: given[part], named: from.named }, { shape: expected[part], named: to.named }, path);
  });
}

const of = (found: readonly Misfit[], kind: Misfit['kind']): string[] =>
  found.filter((one) => one.kind === kind).map(({ text }) => text);

/** What was changed, and what to do about it. */
const WAY_OUT =
  'The other release goes on beside this one (docs/upgrades.md). Let it be left out (`?`) and do without it; keep the ' +
  'old name or word beside the new one until no release says it any more; or give what is new a name of its own. What ' +
  'is passed over without harm is listed in HARMLESS, with why.';

function nothing(found: readonly string[]): void {
  if (found.length > 0) throw new Error([...new Set(found), WAY_OUT].join('\n'));
}

test('the orders of a release are kept', () => expect(releases()).toContain('0.1.0'));

test('all that can be said to a run is compared', () => {
  const defined = Object.values(messages)
    .flatMap((one): unknown[] => (typeof one === 'object' && !('type' in one) ? Object.values(one) : [one]))
    .filter((one): one is { readonly type: string; readonly name: string } => typeof one === 'object' && one !== null)
    .map(({ type, name }) => `${type} ${name}`);
  const compared = Object.keys(now.said).filter((name) => /^\w+ (?:query|signal|update) /.test(name));
  expect(compared.map((name) => name.slice(name.indexOf(' ') + 1)).toSorted()).toEqual(defined.toSorted());
});

describe.each(releases())('of %s', (kept) => {
  test.each(PARTS)('each %s is understood by the code of today', (part) => {
    nothing(of(heard(read(kept), now, part), 'refused'));
  });

  test.each(PARTS)(
    'each %s of the code of today is understood there, or what is not is known to do no harm',
    (part) => {
      const found = heard(now, read(kept), part).filter(({ text }) => !isNew(text, read(kept)));
      const isTold = (text: string): boolean => !(text in HARMLESS);
      nothing(of(found, 'refused').filter(isTold));
      if (part === 'order') nothing(of(found, 'passedOver').filter(isTold));
    },
  );

  test('what was recorded is what its types said, and is understood by the code of today', () => {
    const calls = recordedCalls(kept);
    expect(calls.length).toBeGreaterThan(100);
    for (const what of ['workflow rollout', 'workflow waves', 'rollout update abort'])
      expect(calls.map(({ name }) => name)).toContain(what);
    const found = calls.flatMap(({ name, part, value }) =>
      [now, read(kept)].flatMap(({ said, named }) =>
        misfits(
          { shape: shapeOf(value), named: {} },
          { shape: said[name]?.[part] ?? 'nothing', named },
          `${name}.${part}`,
        ),
      ),
    );
    nothing(of(found, 'refused'));
  });
});

/**
 * Older workers know nothing of it: a workflow orders a new activity behind a patch, or on its own build, and a client
 * that asks for a new update or query is refused. A new signal is lost there without a word, so that is noticed.
 */
function isNew(text: string, { said }: KeptOrders): boolean {
  const [name = ''] = text.split(/[.:]/);
  return said[name] === undefined && !name.includes(' signal ');
}

describe('what is noticed', () => {
  const flag = { or: [{ is: 'on' }, { is: 'off' }] } as const;
  const Card = { with: { name: 'text', 'note?': 'text', parts: { each: { as: 'Card' } }, flag } } as const;
  const between = (given: Shape, expected: Shape): readonly string[] =>
    misfits(
      { shape: { as: 'Card' }, named: { Card: given } },
      { shape: { as: 'Card' }, named: { Card: expected } },
      'deploy.order',
    ).map(({ kind, text }) => `${kind}: ${text}`);
  const changed = (fields: Readonly<Record<string, Shape>>, without?: string): Shape => ({
    with: Object.fromEntries(Object.entries({ ...Card.with, ...fields }).filter(([name]) => name !== without)),
  });

  test('nothing, where nothing has changed', () => expect(between(Card, Card)).toEqual([]));

  test.each<[string, Shape, Shape, string]>([
    ['a field is gone', changed({}, 'name'), Card, 'refused: deploy.order.name: is never given, and is expected'],
    [
      'a field is new and expected',
      Card,
      changed({ to: 'text' }),
      'refused: deploy.order.to: is never given, and is expected',
    ],
    [
      'a field has to be given',
      Card,
      changed({ note: 'text' }, 'note?'),
      'refused: deploy.order.note: may be left out, and is expected',
    ],
    [
      'a field is of another type',
      changed({ name: 'number' }),
      Card,
      'refused: deploy.order.name: number is given, text is expected',
    ],
    [
      'a word is new',
      changed({ flag: { or: [...flag.or, { is: 'auto' }] } }),
      Card,
      'refused: deploy.order.flag: "auto" is given, "on" or "off" is expected',
    ],
    [
      'a list is no list any more',
      changed({ parts: 'text' }),
      Card,
      'refused: deploy.order.parts: text is given, a list is expected',
    ],
    ['a field is passed over', changed({ 'isDryRun?': { is: true } }), Card, 'passedOver: deploy.order.isDryRun'],
  ])('%s', (_, given, expected, text) => expect(between(given, expected)).toEqual([text]));

  test('an activity is gone', () => {
    expect(of(heard(now, without('deploy'), 'order'), 'refused')).toEqual(['deploy: nobody there knows it']);
  });

  const without = (gone: string): KeptOrders => ({
    ...now,
    said: Object.fromEntries(Object.entries(now.said).filter(([name]) => name !== gone)),
  });

  test('a signal is new, which an older worker loses without a word', () => {
    const kept = without('rollout signal act');
    const found = heard(now, kept, 'order').filter(({ text }) => !isNew(text, kept));
    expect(of(found, 'refused')).toEqual(['rollout signal act: nobody there knows it']);
    const update = without('rollout update advance');
    expect(heard(now, update, 'order').filter(({ text }) => !isNew(text, update))).toEqual([]);
  });

  test('an update is gone, which old clients ask for', () => {
    expect(of(heard(now, without('rollout update advance'), 'order'), 'refused')).toEqual([
      'rollout update advance: nobody there knows it',
    ]);
  });

  test.each([
    ['HumanAct', 'rollout update abort.order.ticket: is never given, and is expected'],
    ['RolloutInput', 'workflow rollout.order.ticket: is never given, and is expected'],
  ])('a field of %s is new and expected, which old clients do not give', (name, text) => {
    const { with: fields = {} } = (now.named[name] ?? {}) as { readonly with?: Readonly<Record<string, Shape>> };
    const asking = { ...now, named: { ...now.named, [name]: { with: { ...fields, ticket: 'text' as const } } } };
    expect(of(heard(now, asking, 'order'), 'refused')).toContain(text);
  });

  test('a field of the status is gone, which old clients read', () => {
    const { with: fields } = now.named['RolloutStatus'] as { readonly with: Readonly<Record<string, Shape>> };
    const { splitPercent: _, ...left } = fields;
    const answering = { ...now, named: { ...now.named, RolloutStatus: { with: left } } };
    expect(of(heard(answering, now, 'answer'), 'refused')).toContain(
      'rollout query status.answer.splitPercent: is never given, and is expected',
    );
  });

  test('what is found tells what has changed, and the way out', () => {
    expect(() => nothing(['deploy: nobody there knows it'])).toThrow(/deploy: nobody there knows it\n.*docs\/upgrades/);
  });
});
