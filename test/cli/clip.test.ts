import { clipFrame, clipLine } from '../../src/cli/view/clip.ts';

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
