/** What leaves signed, and what is told in words where it cannot be. */
import { signed } from '../../src/configurator/sign-act.ts';
import { newActorKey } from '../../src/identity/key.ts';

const { key } = newActorKey('ana');
const FOR = { act: 'abort', by: 'ana', workflowId: 'rollout/Card' };

test.each(['soon', '', '2026-13-01T00:00:00Z', 7])(
  'an expiry %j that is no instant is told, and not signed',
  (expiresAt) => {
    const sign = (): unknown => signed({ key }, FOR, { by: 'ana', reason: 'why', expiresAt });
    expect(sign).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining('expiresAt') as string }),
    );
  },
);

test('a process whose machine is hours off signs by the clock that it is given', () => {
  const nowMs = Date.parse('2026-01-01T12:00:00Z');
  const { expiresAt } = signed({ key, now: () => nowMs }, { ...FOR, lifeMs: 60_000 }, { by: 'ana', reason: 'why' });
  expect(expiresAt).toBe('2026-01-01T12:01:00.000Z');
});
