/**
 * What a workflow orders from an activity, and what it is answered, stays what the other release understands, both ways:
 * without builds a worker of either takes the next task. `RECORD_HISTORIES=<release>` keeps the shapes of a new one.
 */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../helpers/sources.ts';
import type { KeptOrders, Misfit, Shape } from './orders/shape.ts';
import { misfits, shapeOf } from './orders/shape.ts';
import { recordedCalls } from './orders/recorded.ts';

/**
 * What the older of two releases passes over, by path, with why that does no harm: it may mean more than the older one
 * knows, as `isDryRun` would.
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
  return Object.entries(from.activities).flatMap(([name, said]) => {
    const expected = to.activities[name];
    if (expected === undefined) return [{ kind: 'refused' as const, text: `${name}: nobody there knows it` }];
    const path = `${name}.${part}`;
    return misfits({ shape: said[part], named: from.named }, { shape: expected[part], named: to.named }, path);
  });
}

const of = (found: readonly Misfit[], kind: Misfit['kind']): string[] =>
  found.filter((one) => one.kind === kind).map(({ text }) => text);

test('the orders of a release are kept', () => expect(releases()).toContain('0.1.0'));

describe.each(releases())('of %s', (kept) => {
  test.each(PARTS)('each %s is understood by the code of today', (part) => {
    expect(of(heard(read(kept), now, part), 'refused')).toEqual([]);
  });

  test.each(PARTS)(
    'each %s of the code of today is understood there, or what is not is known to do no harm',
    (part) => {
      const found = heard(now, read(kept), part).filter(({ text }) => !isNewActivity(text, read(kept)));
      expect(of(found, 'refused')).toEqual([]);
      if (part === 'order') expect(of(found, 'passedOver').filter((path) => !(path in HARMLESS))).toEqual([]);
    },
  );

  test('what was recorded is what its types said, and is understood by the code of today', () => {
    const calls = recordedCalls(kept);
    expect(calls.length).toBeGreaterThan(100);
    const found = calls.flatMap(({ activity, part, value }) =>
      [now, read(kept)].flatMap(({ activities, named }) =>
        misfits(
          { shape: shapeOf(value), named: {} },
          { shape: activities[activity]?.[part] ?? 'nothing', named },
          `${activity}.${part}`,
        ),
      ),
    );
    expect([...new Set(of(found, 'refused'))]).toEqual([]);
  });
});

/** Older workers know nothing of it; a workflow orders it behind a patch, or on its own build. */
function isNewActivity(text: string, kept: KeptOrders): boolean {
  return kept.activities[text.split(/[.:]/)[0] ?? ''] === undefined;
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
    const activities = Object.fromEntries(Object.entries(now.activities).filter(([name]) => name !== 'deploy'));
    expect(of(heard(now, { ...now, activities }, 'order'), 'refused')).toEqual(['deploy: nobody there knows it']);
  });
});
