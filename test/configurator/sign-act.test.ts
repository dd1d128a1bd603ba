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
