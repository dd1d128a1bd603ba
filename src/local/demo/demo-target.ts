/** What the demo does otherwise on each kind of target. */
import type { Outcome } from '../../workflows/messages.ts';
import type { Stack } from '../stack.ts';
import type { Endpoint } from './organisation.ts';

export interface ServedVersion {
  readonly version: string;
  readonly enabled: boolean;
  readonly group: string;
  readonly splitPercent: number;
}

/** What the demo looks at. */
export interface DemoPlace extends Pick<Stack, 'db' | 'genesys' | 'panelUrl'> {
  readonly endpoint: Endpoint;
}

export interface DemoTarget {
  /** Plans of examples/demo in their order, and how each must end. */
  readonly rollouts: readonly { readonly plan: string; readonly expected: Outcome }[];
  readonly cardsPerSecond: number;
  /** Of our OAuth client; 300 if absent, as on the platform. */
  readonly callsPerMinute?: number;
  /** Of the sandbox, besides port, cards, models and state. */
  readonly sandboxArgs: readonly string[];
  /** By what the sandbox knows the harmful version, whose card has this HTML; absent: `prepare` tells it. */
  readonly modelOf?: (html: string) => string;
  /** How agents and the network treat the harmful version; the usual way if absent. */
  readonly harmful?: Readonly<Record<string, number>>;
  /** What is there before the first rollout; absent: the sandbox begins with it. What is there already stays. */
  readonly prepare?: (place: DemoPlace) => Promise<void>;
  /** By the demo's own reading, which shares no code with the engine that claims to have changed it. */
  readonly served: (place: DemoPlace, actionName: string) => Promise<readonly ServedVersion[]>;
  /** Times when a conversation was served by no version; must be 0. */
  readonly coverageHoles: (place: DemoPlace) => Promise<number>;
}

/** Of what the demo runs on, what it asks. */
export type DemoParts = Pick<Stack, 'temporal' | 'genesys' | 'sandboxUrl' | 'db' | 'panelUrl'>;

/** Makes what is there before the first rollout; where to look at what comes of it. */
export async function prepare(target: DemoTarget, stack: DemoParts): Promise<DemoPlace> {
  const { genesys, sandboxUrl, db, panelUrl } = stack;
  const endpoint = { url: sandboxUrl, clientId: genesys.clientId, clientSecret: genesys.clientSecret };
  const place = { db, genesys, panelUrl, endpoint };
  await target.prepare?.(place);
  return place;
}
