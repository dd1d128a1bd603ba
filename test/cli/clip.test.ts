import { clipFrame, clipLine } from '../../src/cli/view/clip.ts';
import { wrapLine } from '../../src/cli/view/wrap.ts';
import { cli } from './fixtures.ts';

test('a line is cut to the columns, colours not counted and still closed', () => {
  expect(clipLine('\u001B[1mabcdefghij\u001B[0m', 6)).toBe('\u001B[1mabcde\u001B[0m…');
  expect(clipLine('\u001B[1mabc\u001B[0m', 6)).toBe('\u001B[1mabc\u001B[0m');
});

test('a frame keeps its head and says how much is below', () => {
  const frame = clipFrame(
    Array.from({ length: 30 }, (_, i) => `line ${i}`),
    { columns: 80, rows: 24 },
  );
  expect(frame).toHaveLength(23);
  expect(frame[0]).toBe('line 0');
  expect(frame.at(-1)).toBe('… 8 more lines; a taller window shows them');
});

test('what is two cells wide counts twice, and no character is cut in half', () => {
  expect(clipLine('日本語'.repeat(5), 20)).toBe('日本語日本語日本語…');
  expect(clipLine('日本語', 6)).toBe('日本語');
  expect(clipLine('\u001B[1mred 日本語日\u001B[0m', 10)).toBe('\u001B[1mred 日本\u001B[0m…');
  expect(clipLine('👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 5)).toBe('👩‍👩‍👧‍👦👩‍👩‍👧‍👦…');
});

test('in a frame with room the last long lines are told whole, and the first ones are cut', () => {
  const long = (name: string): string => `${name}: ${'word '.repeat(20)}end`;
  const frame = clipFrame([long('first'), 'x', long('waiting for'), 'you can: abort'], { columns: 40, rows: 9 });
  expect(frame).toHaveLength(7);
  expect(frame[0]).toMatch(/^first: .*…$/);
  expect(frame.slice(2, -1).join(' ').replaceAll(/ +/g, ' ')).toBe(long('waiting for'));
  expect(frame.every((line) => line.length < 40)).toBe(true);
});

describe('a long line is broken between words', () => {
  test('and goes on set in, however it begins', () => {
    expect(wrapLine('  reason: one two three four', 16)).toEqual(['  reason: one', '    two three', '    four']);
    expect(wrapLine('short', 16)).toEqual(['short']);
    expect(wrapLine('at most some 10 % of all', 15)).toEqual(['at most some', '  10 % of all']);
  });

  test('but neither within a link nor within a command', () => {
    const link = 'http://127.0.0.1:8233/namespaces/default';
    expect(wrapLine(`action  1.5.0  ${link}`, 20)).toEqual(['action  1.5.0', `  ${link}`]);
    expect(wrapLine('It waits: `assist-rollouts watch A` shows it.', 24)).toEqual([
      'It waits:',
      '  `assist-rollouts watch A`',
      '  shows it.',
    ]);
  });

  test('colours take no room, and what is two cells wide takes two', () => {
    expect(wrapLine('\u001B[1mbold words\u001B[0m', 10)).toEqual(['\u001B[1mbold words\u001B[0m']);
    expect(wrapLine('日本語 日本語', 10)).toEqual(['日本語', '  日本語']);
  });
});

test('a terminal gets its lines broken, a file gets them whole', async () => {
  const usage = ['show', 'A', '--plan', '--html'];
  expect((await cli(usage)).stderr).toBe('error --plan and --html were given.\nGive one of them.\n');
  const { stderr } = await cli(usage, { columns: 20 });
  expect(stderr).toBe('error --plan and\n  --html were given.\nGive one of them.\n');
});
