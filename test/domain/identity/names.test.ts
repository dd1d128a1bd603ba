import { nameProblem, skeleton } from '../../../src/domain/identity/names.ts';
import { parsePerson } from '../../../src/domain/identity/operators-schema.ts';
import { actorProblem } from '../../../src/domain/rollout/actor.ts';

test.each([
  'engine',
  'Engine',
  'engine/judge',
  'ｅｎｇｉｎｅ',
  'еngine',
  'engіne',
  'сӏі',
  'c1i',
  'guardian',
  'guаrdian',
  'GUARDIAN/restore',
  'guardian∕x',
  'someone, through Temporal',
  'аpi',
  'ｃｌｉ／x',
  'énginé',
])('%j is taken for a part of the engine, and is nobody', (name) => {
  expect(nameProblem(name, '"by"')).toMatch(/^"by" is .+(part of the engine|several scripts).+\.$/);
  expect(parsePerson(name)).toHaveProperty('message');
});

test('a word in letters of two alphabets is nobody, whoever it looks like', () => {
  expect(nameProblem('аna', '"by"')).toContain('several scripts');
});

test.each(['ana', 'Ana Maria', 'engineer', 'client', 'Анна', 'Ελένη', '安娜', 'José', 'ana@example.com', 'Anna Анна'])(
  '%j is somebody',
  (name) => {
    expect(nameProblem(name, '"by"')).toBeNull();
  },
);

test.each(['', ' ana', 'ana/x', 'ana+x', 'a\u200Bna', 'x'.repeat(65), 7, null, 'an\na', '-ana'])(
  '%j is no operator',
  (name) => {
    expect(parsePerson(name)).toMatchObject({ message: expect.stringContaining('operator') as string });
  },
);

test.each(['ana\u3164', 'ana\u2800', 'a\u034Fna', '\uFFA0ana', 'ana\uFE0F'])(
  '%j reads as ana, and holds what nobody sees',
  (name) => {
    expect(actorProblem(name)).toContain('cannot be seen');
  },
);

test.each([
  ['ΑΝΑ', 'ana'],
  ['ВОВ', 'bob'],
  ['НАТ', 'hat'],
  ['ΚΑΤΗ', 'kath'],
])('%s, in capitals of another alphabet, reads as %s', (name, latin) => {
  expect(skeleton(name)).toBe(skeleton(latin));
});

test.each([
  ['Анна', 'АННА'],
  ['Νίκος', 'ΝΙΚΟΣ'],
])('%s is %s, whatever the case', (name, other) => {
  expect(skeleton(name)).toBe(skeleton(other));
});
