/** Whoever waits to be woken is woken, whatever the clock of the machine does meanwhile. */
import { createWakeup } from '../../src/activities/wakeup.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';

afterEach(() => jest.restoreAllMocks());

test.each([0, 20])('a clock that is set back by hours holds nobody up (pause of %i ms)', async (gapMs) => {
  const leave = new AbortController();
  const wakeup = createWakeup(gapMs, leave.signal);
  const waiting = wakeup.wait(PATIENCE_MS);
  const nowMs = Date.now();
  jest.spyOn(Date, 'now').mockReturnValue(nowMs - 5 * 3_600_000);
  wakeup.wake();
  const late = setTimeout(() => leave.abort(), PATIENCE_MS / 4);
  expect(await waiting).toBe(true);
  clearTimeout(late);
  expect(leave.signal.aborted).toBe(false);
});
