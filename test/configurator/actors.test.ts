/** Who nobody may be is said before Temporal is asked. */
import { actOnRollout } from '../../src/configurator/acts.ts';
import type { TemporalLink } from '../../src/configurator/connection.ts';
import { startRollout } from '../../src/configurator/start.ts';
import { planWith } from '../domain/preflight/card.ts';

const link = {
  call: () => {
    throw new Error('Temporal was asked');
  },
} as unknown as TemporalLink;

test.each(['engine', 'cli', 'guardian', '', 'x'.repeat(129), '\u001B[2J'])(
  'nobody starts a rollout or acts on one as %j',
  async (by) => {
    await expect(startRollout(link, planWith('<p>card</p>'), { by })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/^Cannot start: "by"/),
    });
    await expect(actOnRollout(link, 'pause', 'RefundAssist', { by, reason: 'because' })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/^Cannot pause: "by"/),
    });
  },
);

test('nor for a reason of more than 2000 characters', async () => {
  const reason = 'x'.repeat(2001);
  await expect(startRollout(link, planWith('<p>card</p>'), { by: 'ana', reason })).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringMatching(/^Cannot start: "reason"/),
  });
  await expect(actOnRollout(link, 'abort', 'RefundAssist', { by: 'ana', reason })).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringMatching(/^Cannot abort: "reason"/),
  });
});
