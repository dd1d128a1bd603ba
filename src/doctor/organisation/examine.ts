/** Everything of an organisation that decides whether a rollout can work there. Writes nothing. */
import type { GenesysClient } from '../../genesys/client.ts';
import { isGenesysError } from '../../genesys/errors.ts';
import type { Endpoints } from '../../genesys/regions.ts';
import {
  checkClock,
  checkCopilot,
  checkLimits,
  checkQuota,
  checkQueues,
  checkRegion,
  checkToken,
  checkTopics,
  checkTranscription,
  defaultPanel,
  orNotChecked,
} from './checks.ts';
import type { Finding, Seen } from '../finding.ts';
import type { RealTarget } from './permissions.ts';
import { checkPermissions } from './try-permissions.ts';

export interface Examined {
  readonly client: GenesysClient;
  readonly endpoints: Endpoints;
  readonly callsPerMinute: number;
  readonly now: () => number;
  /** Those that are to be used; none: it is not said. */
  readonly targets: readonly RealTarget[];
}

/** In the order in which they are shown. Without a token nothing else is asked. */
export async function examineOrganisation(examined: Examined): Promise<Finding[]> {
  return (await looksAt(examined)).map((seen) => ({ area: 'organisation', ...seen }));
}

async function looksAt(examined: Examined): Promise<Seen[]> {
  const { client, endpoints, callsPerMinute, now, targets } = examined;
  const first = [checkRegion(endpoints), ...(await examineToken(examined))];
  if (first.some(({ check, level }) => check === 'token' && level === 'error')) return [...first, nothingElse()];
  return [
    ...first,
    ...(await orNotChecked('rate limit', 'at least what is used', () => checkLimits(client, callsPerMinute))),
    ...(await orNotChecked('transcription', 'on, with low latency', () => checkTranscription(client))),
    ...(await orNotChecked('transcription of queues', 'on in those of a rollout', () => checkQueues(client))),
    ...(await orNotChecked('topics', 'those of conversations, on a WebSocket', () => checkTopics(client))),
    ...(await checkPermissions(client, now(), targets)),
    ...(await orNotChecked('copilot', 'one, for copilotSuggestions and copilotQueues', () => checkCopilot(client))),
    defaultPanel(),
  ];
}

/** A token that is taken elsewhere may not ask whose it is. */
async function examineToken({ client, now }: Examined): Promise<Seen[]> {
  try {
    const answered = await client.organisation.token();
    return [checkToken(answered), checkClock(answered, now()), checkQuota(answered)];
  } catch (error) {
    if (!isGenesysError(error)) throw error;
    const isTaken = error.kind === 'forbidden' || error.kind === 'notFound';
    const seen = isTaken ? `taken, but not described: ${error.message}` : error.message;
    return [
      { check: 'token', level: isTaken ? 'warning' : 'error', seen, expected: 'a token, and whose it is' },
      { check: 'clock', level: 'notChecked', seen: 'no answer to compare with', expected: 'within 30 s' },
    ];
  }
}

function nothingElse(): Seen {
  return { check: 'everything else', level: 'notChecked', seen: 'it cannot be asked for without a token' };
}
