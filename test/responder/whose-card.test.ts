/** Whose a suggestion is where a rollout of queues has the assistant of a text, by rows of a real store in their own order. */
import type { EngagementEvent } from '../../src/domain/events/event.ts';
import type { Deployment, VersionRef } from '../../src/domain/rollout/deployment.ts';
import { createHearing } from '../../src/responder/hearing.ts';
import type { Hearing } from '../../src/responder/hearing.ts';
import type { SuggestionTold } from '../../src/responder/suggestion-told.ts';
import { claimAnswer, markGiven } from '../../src/store/copilot-answers.ts';
import { changeCopilotSplit, copilotRows, saveCopilotDeployment } from '../../src/store/copilot.ts';
import type { CopilotChange } from '../../src/store/copilot.ts';
import type { Database } from '../../src/store/database.ts';
import { openStore } from '../helpers/any-store.ts';

let db: Database;
beforeAll(async () => {
  db = await openStore();
});
afterAll(() => db.close());
beforeEach(async () => {
  for (const table of ['copilot_deployments', 'copilot_answers']) await db.query(`delete from ${table}`);
});

const ASSISTANT = 'assistant-1';
const versionOf = (version: string, of: string): VersionRef => ({
  id: `${version} of ${of}`,
  version,
  fingerprint: {},
});

const FIRST_TEXT: Deployment = {
  target: 'copilotSuggestions',
  actionName: 'RefundText',
  baseline: null,
  candidate: versionOf('1.0.0', 'RefundText'),
  handle: { kind: 'copilotSuggestions', assistant: ASSISTANT },
};
const SECOND_TEXT: Deployment = {
  ...FIRST_TEXT,
  baseline: FIRST_TEXT.candidate,
  candidate: versionOf('1.1.0', 'RefundText'),
};
const queuesWith = (assistants: { readonly baseline: string; readonly candidate: string }): Deployment => ({
  target: 'copilotQueues',
  actionName: 'RefundCopilot',
  unit: 'queue',
  baseline: versionOf('1.0.0', 'RefundCopilot'),
  candidate: versionOf('1.1.0', 'RefundCopilot'),
  handle: {
    unit: 'queue',
    queues: [{ id: 'queue-1', ...assistants, mediaTypes: ['Message'], volume: 1 }],
    volumeFrom: '2026-01-01T00:00:00.000Z',
    volumeTo: '2026-01-08T00:00:00.000Z',
  },
});
const AS_BASELINE = queuesWith({ baseline: ASSISTANT, candidate: 'assistant-2' });
const AS_CANDIDATE = queuesWith({ baseline: 'assistant-2', candidate: ASSISTANT });

const PROMOTED: CopilotChange = { splitPercent: 100, retired: 'baseline' };
const ROLLED_BACK: CopilotChange = { splitPercent: 0, retired: 'candidate' };
const ON_TRIAL: CopilotChange = { splitPercent: 50, retired: null };

async function began(deployment: Deployment, change: CopilotChange): Promise<void> {
  await saveCopilotDeployment(db, `rollout of ${deployment.actionName}`, deployment);
  await changeCopilotSplit(db, deployment, change);
}

const told: SuggestionTold = {
  suggestionId: 'suggestion-1',
  conversationId: 'conversation-1',
  isThirdParty: true,
  state: 'Suggested',
  atMs: 1_000,
  assistantId: ASSISTANT,
  queueId: 'queue-1',
  userId: 'agent-1',
  mediaType: null,
  language: null,
  text: null,
};

interface Heard {
  readonly hearing: Hearing;
  /** Actions that were asked for a text. */
  readonly asked: readonly string[];
  readonly cards: () => Promise<readonly string[]>;
}

async function listen(): Promise<Heard> {
  const rows = await copilotRows(db);
  const [asked, events] = [[] as string[], [] as EngagementEvent[]];
  const hearing = createHearing({
    db,
    rows: () => rows,
    events: { add: (event: EngagementEvent) => void events.push(event), lost: 0, drain: async () => undefined },
    answering: { ask: ({ action }) => void asked.push(action) },
    now: () => 1_000,
    onTrouble: () => undefined,
  });
  return {
    hearing,
    asked,
    async cards() {
      await hearing.drain();
      return events.map(({ type, actionName }) => `${type.split('.').at(-1)} ${actionName}`);
    },
  };
}

/** As a responder has it on record. */
async function givenAs(deployment: Deployment): Promise<void> {
  const responderId = '00000000-0000-4000-8000-000000000001';
  const versionId = deployment.candidate?.id ?? '';
  const { suggestionId } = told;
  await claimAnswer(db, { suggestionId, action: deployment.actionName, responderId, choose: () => versionId });
  await markGiven(db, responderId, [{ suggestionId, versionId, isCounted: true, isFound: false }]);
}

describe.each([
  [
    'a promoted text, and a rollout that has its assistant as the baseline',
    FIRST_TEXT,
    PROMOTED,
    AS_BASELINE,
    ON_TRIAL,
  ],
  [
    'a promoted text, and a rollout that has its assistant as the candidate',
    FIRST_TEXT,
    PROMOTED,
    AS_CANDIDATE,
    ON_TRIAL,
  ],
  ['a promoted text, and a rollout that was promoted later', FIRST_TEXT, PROMOTED, AS_CANDIDATE, PROMOTED],
  ['a text that was rolled back to the one before it', SECOND_TEXT, ROLLED_BACK, AS_BASELINE, ON_TRIAL],
  ['a text on trial beside a rollout that moved later', SECOND_TEXT, ON_TRIAL, AS_BASELINE, ON_TRIAL],
])('%s', (_, text, textStands, queues, queuesStand) => {
  beforeEach(async () => {
    await began(text, textStands);
    await began(queues, queuesStand);
  });

  test('the text is asked for', async () => {
    const { hearing, asked, cards } = await listen();
    hearing.onSuggestion(told, true);
    expect(asked).toEqual(['RefundText']);
    expect(await cards()).toEqual([]);
  });

  test('what agents do with the text is of the text alone', async () => {
    await givenAs(text);
    const { hearing, cards } = await listen();
    const shown = { ...told, text: 'Refunds within 30 days need no manager.' };
    hearing.onSuggestion(shown, false);
    hearing.onSuggestion({ ...shown, state: 'Accepted' }, true);
    expect(await cards()).toEqual([`accepted RefundText v${text.candidate?.version}`]);
  });

  test("what the assistant suggests by itself is the rollout's", async () => {
    const { hearing, asked, cards } = await listen();
    hearing.onSuggestion({ ...told, isThirdParty: false }, true);
    expect(asked).toEqual([]);
    expect(await cards()).toEqual([`triggered RefundCopilot v${queues === AS_BASELINE ? '1.0.0' : '1.1.0'}`]);
  });
});

describe('a first text that was rolled back serves nobody', () => {
  beforeEach(async () => {
    await began(FIRST_TEXT, ROLLED_BACK);
    await began(AS_BASELINE, ON_TRIAL);
  });

  test("another third party's text is a card of the rollout", async () => {
    const { hearing, asked, cards } = await listen();
    hearing.onSuggestion(told, true);
    hearing.onSuggestion({ ...told, text: 'Of somebody else.' }, true);
    hearing.onSuggestion({ ...told, text: 'Of somebody else.', state: 'Accepted' }, true);
    expect(asked).toEqual([]);
    expect(await cards()).toEqual(['triggered RefundCopilot v1.0.0', 'accepted RefundCopilot v1.0.0']);
  });

  test('what agents do with one that they were shown before is of the text', async () => {
    await db.query('delete from copilot_deployments');
    await began(FIRST_TEXT, ON_TRIAL);
    await givenAs(FIRST_TEXT);
    await changeCopilotSplit(db, FIRST_TEXT, ROLLED_BACK);
    await began(AS_BASELINE, ON_TRIAL);
    const { hearing, cards } = await listen();
    hearing.onSuggestion({ ...told, text: 'Of ours.', state: 'Dismissed' }, true);
    expect(await cards()).toEqual(['dismissed RefundText v1.0.0']);
  });
});

test('of two texts of one assistant the one that serves is asked for, whichever changed last', async () => {
  const other = { ...FIRST_TEXT, actionName: 'OtherText' };
  await began(FIRST_TEXT, PROMOTED);
  await began(other, ROLLED_BACK);
  const { hearing, asked } = await listen();
  hearing.onSuggestion(told, true);
  expect(asked).toEqual(['RefundText']);
});

test('a text is asked for only by its own assistant', async () => {
  await began(FIRST_TEXT, PROMOTED);
  await began(AS_BASELINE, ON_TRIAL);
  const { hearing, asked, cards } = await listen();
  hearing.onSuggestion({ ...told, assistantId: 'assistant-2' }, true);
  hearing.onSuggestion({ ...told, assistantId: 'assistant-2', text: 'Of somebody else.' }, true);
  hearing.onSuggestion({ ...told, assistantId: 'assistant-3' }, true);
  expect(asked).toEqual([]);
  expect(await cards()).toEqual(['triggered RefundCopilot v1.1.0']);
});
