import { formatDuration, readDuration, writeDuration } from '../../../src/domain/shared/duration.ts';

test.each([
  [1_800_000, '30m'],
  [5_400_000, '1.5h'],
  [86_400_000, '1d'],
  [1_500, '1.5s'],
  [200, '200ms'],
  [1_234, '1234ms'],
  [0, '0ms'],
])('%d ms is written %s and read back the same', (ms, text) => {
  expect(writeDuration(ms)).toBe(text);
  expect(readDuration(text)).toBe(ms);
});

test.each([
  [0, '0 ms'],
  [250, '250 ms'],
  [999, '999 ms'],
  [1_000, '1 s'],
  [1_500, '1.5 s'],
  [59_949, '59.9 s'],
  [59_950, '1 m'],
  [65_000, '1 m 05 s'],
  [90_000, '1 m 30 s'],
  [100_000, '1 m 40 s'],
  [3_599_499, '59 m 59 s'],
  [3_599_500, '1 h'],
  [7_200_000, '2 h'],
  [7_380_000, '2 h 03 m'],
  [86_369_999, '23 h 59 m'],
  [86_370_000, '1 d'],
  [604_800_000, '7 d'],
  [698_400_000, '8 d 02 h'],
  [null, '–'],
])('%s ms reads %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});
