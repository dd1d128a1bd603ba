/** Examples of what is told beside a rollout: by the guardian, of waves, of freezes. */
import { messageOfFreeze } from './freeze-message.ts';
import { messageOfFinding, messageOfRecovery } from './guardian-message.ts';
import type { Message } from './message.ts';
import { testMessage } from './test-message.ts';
import { capital } from './told.ts';
import { messageOfWaves } from './waves-message.ts';

const HOUR = 3_600_000;
const ACTION = 'RefundAssist';

export function storiesBeside(atMs: number): readonly Message[] {
  const ended =
    'its run was terminated by hand at 2025-12-02 01:59:21 UTC (Temporal names "ana@laptop", and as reason "wrong tab")';
  const finding = {
    kind: 'lostRun',
    remedy: 'close',
    action: ACTION,
    version: '1.5.0',
    rolloutId: 'example',
    workflowId: `rollout/${ACTION}`,
    sentence: `The rollout of RefundAssist v1.5.0 is over: ${ended}. Agents still see v1.5.0 at 25 %, and nobody watches.`,
    wayOut: 'The baseline is being brought back, and you will be told.',
    key: 'lostRun/example',
    isShown: true,
  } as const;
  const freeze = { scope: { kind: 'all' }, by: 'ana', verifiedBy: 'key', reason: 'the sale' } as const;
  const told = {
    rolloutId: 'example',
    ended: 'terminated',
    foreign: [],
    byHand: true,
    why: `${capital(ended)}.`,
  };
  const recovered = (
    recovery: Parameters<typeof messageOfRecovery>[0]['recovery'],
    by: string,
    reason: string,
  ): Message[] => {
    const said = messageOfRecovery({ action: ACTION, by, reason, recovery }, atMs);
    return said === null ? [] : [said];
  };
  return [
    messageOfFinding(finding, atMs),
    ...recovered(
      {
        kind: 'restored',
        ...told,
        baseline: 'v1.4.0 (a-1)',
        candidates: ['v1.5.0 (a-2)'],
        splitPercent: 25,
        provenAt: new Date(atMs).toISOString(),
        correlationId: null,
      },
      'guardian',
      `v1.5.0 at 25 % of RefundAssist is shown and nobody watches: ${ended}.`,
    ),
    ...recovered({ kind: 'nothing', ...told }, 'ana', 'to be sure'),
    ...wavesStory(atMs),
    messageOfFreeze({ act: 'freeze', ...freeze, until: new Date(atMs + 60 * HOUR).toISOString() }, atMs),
    messageOfFreeze({ act: 'unfreeze', ...freeze }, atMs),
    testMessage(atMs),
  ];
}

function wavesStory(atMs: number): readonly Message[] {
  const tree = [
    'refund: stopping',
    '├─ pilot',
    '│  └─ RefundAssistBilling 1.5.0  promoted',
    '└─ rest',
    '   └─ RefundAssistOrders 1.5.0  rolledBack',
  ];
  const told = { workflowId: 'waves/refund', runId: 'example', atMs, tree: [...tree, 'Nothing more is started'] };
  const reason = 'RefundAssistOrders 1.5.0 was rolled back: acceptanceRate harm';
  return ['wavesStopped', 'wavesEnded'].flatMap((act) => messageOfWaves({ ...told, act, reason }) ?? []);
}
