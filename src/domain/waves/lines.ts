/** The waves as a tree, for a terminal and for the details in Temporal's Web UI. Pure. */
import { oneLine } from '../text/printable.ts';
import type { MemberStatus, WaveStatus, WavesStatus } from './state.ts';
import { isDone, membersOf } from './state.ts';

/**
 * `now`: what a member's rollout is at, by its id, where that is known: "baking, 25 %". `lost`: how their run was ended
 * from outside; null: it was not.
 */
export function wavesLines(
  status: WavesStatus,
  now: ReadonlyMap<string, string> = new Map(),
  lost: string | null = null,
): string[] {
  return [
    wavesSentence(status, lost ?? status.phase),
    ...status.waves.flatMap((wave, at) => waveLines(wave, at === status.waves.length - 1, now)),
    ...(status.stopped === null ? [] : [`Nothing more is started: ${oneLine(status.stopped)}`]),
    ...(lost === null ? [] : [LOST]),
  ];
}

const LOST =
  'Their run was ended from outside: nothing more is started, and nothing is taken back. Rollouts that run go on by ' +
  'themselves; start waves of what is left.';

/** `refund-1.5.0: wave 2 of 3 (rest), 1 of 5 promoted`. */
function wavesSentence(status: WavesStatus, phase: string): string {
  const members = membersOf(status);
  const done = members.filter(isDone).length;
  const wave = status.waves[status.wave];
  const where = `wave ${status.wave + 1} of ${status.waves.length} (${wave?.name ?? ''})`;
  const next = status.nextWaveAt === null ? '' : `, the next wave at ${status.nextWaveAt.slice(0, 19)}Z`;
  return (
    `${status.name}: ${phase}${status.paused ? ', paused' : ''}, ${where}, ` +
    `${done} of ${members.length} done${next}`
  );
}

function waveLines({ name, members }: WaveStatus, isLast: boolean, now: ReadonlyMap<string, string>): string[] {
  const stem = isLast ? '   ' : '│  ';
  return [
    `${isLast ? '└─' : '├─'} ${name}`,
    ...members.map((member, at) => `${stem}${at === members.length - 1 ? '└─' : '├─'} ${memberLine(member, now)}`),
  ];
}

function memberLine(member: MemberStatus, now: ReadonlyMap<string, string>): string {
  const { id, version, state, open, reason, organisation, unheard } = member;
  const known = unheard === null ? now.get(id) : undefined;
  const where = known !== undefined && open ? `${state === 'running' ? '' : `${state}, `}${known}` : state;
  const why = isWorthSaying(member) && reason !== '' ? `: ${excerptOf(reason)}` : '';
  const away = unheard === null ? '' : `, ${organisation ?? ''} has not answered since ${unheard.since.slice(0, 19)}Z`;
  return `${id} ${version}  ${where}${away}${why}`;
}

/** Each reason that the tree cuts, in full; but for the one that stopped the waves, which stands below the tree already. */
export function wavesReasons(status: WavesStatus): string[] {
  return membersOf(status)
    .filter((member) => isWorthSaying(member) && oneLine(member.reason).length > MAX_REASON)
    .filter(({ reason }) => status.stopped?.includes(reason) !== true)
    .map(({ id, version, reason }) => `${id} ${version}: ${oneLine(reason)}`);
}

/** In full it stands in the member's own status, and on a terminal below the tree. */
function excerptOf(reason: string): string {
  const line = oneLine(reason);
  return line.length > MAX_REASON ? `${line.slice(0, MAX_REASON)}…` : line;
}

const MAX_REASON = 40;

/** Of one elsewhere also why it is not done there what was asked for. */
function isWorthSaying({ state, organisation, unheard }: MemberStatus): boolean {
  if (WORTH_SAYING.includes(state)) return true;
  return organisation !== null && unheard === null && (state === 'running' || state === 'undoing');
}

const WORTH_SAYING: readonly MemberStatus['state'][] = ['rolledBack', 'rejected', 'failed', 'undone'];
