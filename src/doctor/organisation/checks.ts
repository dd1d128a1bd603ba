/** The looks at the organisation that are none of permissions. Each only reads, and each stands for itself. */
import type { GenesysClient } from '../../genesys/client.ts';
import { isGenesysError } from '../../genesys/errors.ts';
import type { Answered } from '../../genesys/http.ts';
import type { TokenInfo } from '../../genesys/organisation-settings.ts';
import { regionOf } from '../../genesys/regions.ts';
import type { Endpoints } from '../../genesys/regions.ts';
import { CLOCK_EXPECTED, clockSeen } from '../clock.ts';
import { notChecked } from '../finding.ts';
import type { Seen } from '../finding.ts';

export function checkRegion(endpoints: Endpoints): Seen {
  const region = regionOf(endpoints);
  if (region !== null) return { check: 'region', level: 'ok', seen: region };
  return {
    check: 'region',
    level: 'warning',
    seen: `${[...new Set([endpoints.loginUrl, endpoints.apiUrl])].join(' and ')}: hosts of no region`,
    expected: 'login.<domain> and api.<domain> of one region, unless this is a sandbox',
    wayOut: 'Set GENESYS_REGION, and leave GENESYS_LOGIN_URL and GENESYS_API_URL out.',
  };
}

export function checkToken({ value }: Answered<TokenInfo>): Seen {
  const nameOf = (one: TokenInfo['organization']) => one?.name ?? one?.id ?? 'a name that is not told';
  const seen = `taken: organisation ${nameOf(value.organization)}, OAuth client ${nameOf(value.OAuthClient)}`;
  return { check: 'token', level: 'ok', seen };
}

export function checkClock({ sentAt }: Answered<unknown>, now: number): Seen {
  if (sentAt !== null) return clockSeen('clock', 'the platform', now - sentAt);
  return { check: 'clock', level: 'notChecked', seen: 'the answer has no Date header', expected: CLOCK_EXPECTED };
}

/** So much of a minute's calls is left that a roll back never waits for them. */
const MAX_SHARE_USED = 0.8;

export function checkQuota({ quota }: Answered<unknown>): Seen {
  const check = 'calls left';
  const expected = `less than ${MAX_SHARE_USED * 100} % of the calls of this minute used, by all that use the OAuth client`;
  if (quota === null) return { check, level: 'notChecked', seen: 'the answer does not tell it', expected };
  const seen = `${quota.used} of ${quota.allowed} calls of this minute are used`;
  if (quota.used < MAX_SHARE_USED * quota.allowed) return { check, level: 'ok', seen };
  const wayOut = 'Give the engine an OAuth client of its own, or lower GENESYS_CALLS_PER_MINUTE.';
  return { check, level: 'warning', seen, expected, wayOut };
}

const RATE = 'client.credentials.token.rate.per.minute';

export async function checkLimits({ organisation }: GenesysClient, callsPerMinute: number): Promise<Seen> {
  const limits = await organisation.limits('platform.api');
  const allowed = limits.get(RATE);
  const expected = `${RATE} of at least GENESYS_CALLS_PER_MINUTE (${callsPerMinute})`;
  const check = 'rate limit';
  if (allowed === undefined) return { check, level: 'notChecked', seen: `platform.api tells no ${RATE}`, expected };
  const seen = `${allowed} calls a minute for each token; ${callsPerMinute} are used at most`;
  if (allowed >= callsPerMinute) return { check, level: 'ok', seen };
  return { check, level: 'warning', seen, expected, wayOut: `Set GENESYS_CALLS_PER_MINUTE to ${allowed} or less.` };
}

export async function checkTranscription({ organisation }: GenesysClient): Promise<Seen[]> {
  const { transcription, lowLatencyTranscriptionEnabled: isFast } = await organisation.transcription();
  return [transcriptionFinding(transcription), latencyFinding(isFast)];
}

function transcriptionFinding(seen: string): Seen {
  const check = 'transcription';
  if (seen !== 'Disabled') return { check, level: 'ok', seen };
  return {
    check,
    level: 'error',
    seen,
    expected: 'EnabledGlobally or EnabledQueueFlow: without text no card can surface on speech',
    wayOut: 'Let an administrator switch voice transcription on.',
  };
}

function latencyFinding(isFast: boolean | null | undefined): Seen {
  const check = 'low latency transcription';
  const expected = 'on: without it what is said is told some 35 s later, and so is a card';
  if (isFast == null) return { check, level: 'notChecked', seen: 'the settings do not tell it', expected };
  if (isFast) return { check, level: 'ok', seen: 'on' };
  return { check, level: 'warning', seen: 'off', expected, wayOut: 'Switch low latency transcription on.' };
}

/** Even where it is on for all, a conversation loses it in a queue or a flow that does not switch it on. */
export async function checkQueues({ people }: GenesysClient): Promise<Seen> {
  const check = 'transcription of queues';
  const counts = { on: 0, off: 0, untold: 0 };
  for await (const { enableTranscription: isOn } of people.queues())
    counts[isOn == null ? 'untold' : isOn ? 'on' : 'off'] += 1;
  const { on, off, untold } = counts;
  const expected = 'on in every queue of a rollout, for cards that surface on speech';
  if (on + off === 0) return { check, level: 'notChecked', seen: `${untold} queues, which do not tell it`, expected };
  const seen = `on in ${on} of ${on + off + untold} queues; a flow may switch it on in others`;
  if (on > 0) return { check, level: 'ok', seen };
  return { check, level: 'warning', seen, expected, wayOut: 'Switch voice transcription on in these queues.' };
}

/** By what they are needed for. */
const TOPICS = {
  'v2.routing.queues.{id}.conversations': 'which conversations there are (every target)',
  'v2.conversations.{id}.transcription': 'what is said (assistPanel)',
  'v2.conversations.{id}.suggestions.thirdpartyaction': 'what copilots ask for (copilotSuggestions)',
};

export async function checkTopics({ organisation }: GenesysClient): Promise<Seen[]> {
  const available = new Map((await organisation.topics()).map((topic) => [topic.id, topic]));
  return Object.entries(TOPICS).map(([id, use]) => {
    const check = `topic ${id}`;
    const topic = available.get(id);
    const expected = `on a WebSocket: ${use}`;
    if (topic === undefined) return { check, level: 'warning', seen: 'not available', expected };
    const transports = topic.transports ?? [];
    if (transports.length === 0)
      return { check, level: 'notChecked', seen: 'available, its transports are not told', expected };
    const needs = topic.requiresPermissions ?? [];
    const seen = [
      `available: ${transports.join(', ')}`,
      ...(needs.length === 0 ? [] : [`needs ${needs.join(', ')}`]),
    ].join('; ');
    if (transports.some((one) => one === 'All' || one === 'Websocket')) return { check, level: 'ok', seen };
    return { check, level: 'warning', seen, expected, wayOut: 'Have these events brought by Amazon EventBridge.' };
  });
}

export async function checkCopilot({ organisation, assistants }: GenesysClient): Promise<Seen> {
  let all = 0;
  let withCopilot = 0;
  for await (const { copilot } of assistants.list()) {
    all += 1;
    if (copilot?.enabled === true) withCopilot += 1;
  }
  const features = await organisation.copilotFeatures().then(
    () => 'what copilots can do is told',
    (error: unknown) => `what copilots can do is not told (${isGenesysError(error) ? error.kind : 'unexpected'})`,
  );
  const seen =
    `of ${all} assistants ${withCopilot} have a copilot that is enabled; ${features}; which agents have the licence ` +
    'is not looked at';
  if (withCopilot > 0) return { check: 'copilot', level: 'ok', seen };
  const expected = 'one at least, for copilotSuggestions and copilotQueues; assistPanel needs none';
  return { check: 'copilot', level: 'warning', seen, expected, wayOut: 'Make one, or use the target assistPanel.' };
}

export function defaultPanel(): Seen {
  return {
    check: 'default panel',
    level: 'notChecked',
    seen: 'the published API does not tell it',
    expected: 'our integration, for assistPanel: a panel that is not open shows no card',
    wayOut: 'Look in the admin menu of the organisation (permission Agent UI > Default Panels).',
  };
}

/** The same look, or why it could not be taken. */
export async function orNotChecked(
  check: string,
  expected: string,
  look: () => Promise<Seen | Seen[]>,
): Promise<Seen[]> {
  try {
    return [await look()].flat();
  } catch (error) {
    if (!isGenesysError(error)) throw error;
    return [notChecked(check, error, expected)];
  }
}
