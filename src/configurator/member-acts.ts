/** One of several that an act is for: told by itself, and what became of it. */
import type { WavesActName } from '../domain/waves/state.ts';
import type { HumanAct } from '../workflows/messages.ts';
import { actOnRollout } from './acts.ts';
import type { TemporalLink } from './connection.ts';
import { AssistError } from './errors.ts';

/** What became of an act on one member. */
export interface MemberAct {
  readonly action: string;
  readonly taken: boolean;
  /** Why not; empty where it was taken. */
  readonly why: string;
}

/** One that refuses, or cannot be told, keeps the others from nothing. */
export async function actOnMember(
  link: TemporalLink,
  name: WavesActName,
  action: string,
  act: HumanAct,
): Promise<MemberAct> {
  try {
    // Nobody was shown what else each of them is paused for.
    const given = name === 'resume' ? { ...act, pause: 'person' as const } : act;
    const { delivered } = await actOnRollout(link, name, action, given);
    return { action, taken: true, why: delivered === 'stored' ? 'stored until a worker runs' : '' };
  } catch (error) {
    return { action, taken: false, why: whyNot(error) };
  }
}

/** What Temporal itself says stands below what its client makes of it. */
export function whyNot(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error instanceof AssistError || !(error.cause instanceof Error)
    ? error.message
    : `${error.message}: ${error.cause.message}`;
}

/** `RefundAssist: pause accepted`, or why not. */
export function memberText(name: WavesActName, { action, taken, why }: MemberAct): string {
  if (!taken) return `${action}: ${why}`;
  return `${action}: ${name} ${why === '' ? 'accepted' : why}`;
}
