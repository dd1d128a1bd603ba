/** Three typical changes, whole, as edits of src/. docs/extending.md tells the files of each. */
import type { Edit } from './scratch.ts';

export interface Change {
  readonly name: string;
  /** Files of src/ that it may touch, at most; those of a folder of its own count apart. */
  readonly atMost: number;
  readonly ownFolder?: string;
  /** Where its line on the list stands: without that it is not made, and `npm run unused` names its definition. */
  readonly list: string;
  readonly edits: readonly Edit[];
}

/** A rate of cards that agents clicked through to what they point at. */
const clickRate: Change = {
  name: 'a rate guardrail',
  atMost: 5,
  list: 'src/domain/metrics/index.ts',
  edits: [
    {
      file: 'src/domain/metrics/click.ts',
      text: `import { scaledBy } from './definition.ts';
import type { RateDefinition } from './definition.ts';

export const clickRate = {
  kind: 'rate',
  name: 'clickRate',
  unit: 'share',
  worseWhen: 'lower',
  whenWorse: 'agents click fewer cards',
  counts: ({ outcomes }) => outcomes.includes('clicked'),
  outcome: { name: 'clicked', isAnswer: false },
  isEngagement: true,
  forecast: { word: 'clicks', typical: 0.2, harmed: scaledBy(-1) },
  sandbox: { word: 'click', share: 0.2 },
} as const satisfies RateDefinition;
`,
    },
    {
      file: 'src/domain/metrics/index.ts',
      insert: [
        {
          after: "import { acceptanceRate } from './acceptance.ts';\n",
          lines: "import { clickRate } from './click.ts';\n",
        },
        { after: 'const METRICS = [acceptanceRate, dismissalRate,', lines: ' clickRate,' },
      ],
    },
  ],
};

/** A target whose adapter has a folder of its own. */
const scriptPage: Change = {
  name: 'a target',
  atMost: 3,
  list: 'src/domain/plan/target-schema.ts',
  ownFolder: 'src/targets/script-page/',
  edits: [
    {
      file: 'src/targets/script-page/target.ts',
      text: `import type { TargetAdapter } from '../target.ts';

declare const adapter: TargetAdapter;
export const scriptPage: TargetAdapter = adapter;
`,
    },
    {
      file: 'src/domain/plan/target-schema.ts',
      insert: [
        {
          after: "  z.strictObject({ kind: z.literal('agentAssistActions') }),\n",
          lines: "  z.strictObject({ kind: z.literal('scriptPage'), script: uuid }),\n",
        },
      ],
    },
    {
      file: 'src/domain/plan/target-capabilities.ts',
      insert: [
        {
          after: 'Readonly<Record<TargetKind, TargetCapabilities>> = {\n',
          lines:
            "  scriptPage: { content: 'card', metrics: CARD_METRICS, retractable: true, lateEventsMs: 0, goesBackTo: 'anyVersion', keptIn: 'organisation', " +
            "audience: 'any', restoreByHand: () => ['publish the script as it was'] },\n",
        },
      ],
    },
    {
      file: 'src/targets/index.ts',
      insert: [
        {
          after: "import { agentAssistActions } from './agent-assist-actions/target.ts';\n",
          lines: "import { scriptPage } from './script-page/target.ts';\n",
        },
        { after: '  agentAssistActions,\n', lines: '  scriptPage,\n' },
      ],
    },
  ],
};

/** A step that looks whether a change's ticket is open, where a hook would ask a gate: with an activity of its own. */
const ticket: Change = {
  name: 'a step',
  atMost: 6,
  list: 'src/domain/plan/steps/steps.ts',
  edits: [
    {
      file: 'src/domain/plan/steps/ticket.ts',
      text: `import { z } from 'zod';
import type { StepDefinition } from './definition.ts';

const url = z.url({ protocol: /^https$/ }).max(2000).describe('Shows 200 as long as the ticket is open.');
const engine = z.strictObject({ kind: z.literal('ticket'), url });

export type TicketStep = z.output<typeof engine>;

export const ticket = {
  phase: 'awaitingTicket',
  written: url.transform((asked) => ({ kind: 'ticket' as const, url: asked })),
  engine,
  label: (step) => \`ticket \${step.url}\`,
  splitAfter: () => null,
  forecastAs: () => null,
} as const satisfies StepDefinition<TicketStep>;
`,
    },
    {
      file: 'src/domain/plan/steps/steps.ts',
      insert: [
        {
          after: "import type { Bake, StepDefinition } from './definition.ts';\n",
          lines: "import { ticket } from './ticket.ts';\n",
        },
        { after: 'const STEPS = { setSplit, bake, approve', lines: ', ticket' },
      ],
    },
    {
      file: 'src/activities/ticket.ts',
      text: `import got from 'got';

/** Is the ticket open? */
export async function seeTicket(url: string): Promise<boolean> {
  const { ok } = await got.get(url, { throwHttpErrors: false, retry: { limit: 0 }, timeout: { request: 10_000 } });
  return ok;
}
`,
    },
    {
      file: 'src/activities/create.ts',
      insert: [
        {
          after: "import { serveWith } from './served.ts';\n",
          lines: "import { seeTicket } from './ticket.ts';\n",
        },
        { after: 'record: served(journal.record),\n', lines: '    seeTicket: served(seeTicket),\n' },
      ],
    },
    {
      file: 'src/workflows/activity-proxies.ts',
      insert: [
        { after: 'export const { open, validate, record', lines: ', seeTicket' },
        { after: "Pick<Activities, 'open' | 'validate' | 'record'", lines: " | 'seeTicket'" },
      ],
    },
    {
      file: 'src/workflows/steps.ts',
      insert: [
        {
          after: "import { formatDuration } from '../domain/shared/duration.ts';\n",
          lines: "import { seeTicket } from './activity-proxies.ts';\n",
        },
        {
          after: '  bake,\n  approve,\n',
          lines:
            "  ticket: async (_run, { url }) => ((await seeTicket(url)) ? CONTINUE : rollBackFor('The ticket is closed.')),\n",
        },
      ],
    },
  ],
};

export const CHANGES: readonly Change[] = [clickRate, scriptPage, ticket];
