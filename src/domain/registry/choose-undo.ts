/** Which version an undo goes back to, or why it cannot. Pure. */
import { formatDuration } from '../shared/duration.ts';
import type { ProvenFrom, ProvenVersion } from './proven.ts';
import { provenVersions, servedInTurn, versionLabel } from './proven.ts';

export interface UndoAsked {
  readonly action: string;
  /** A version, `none` for no card; undefined: the last proven one before the one that serves. */
  readonly to: string | undefined;
  /** What must serve still; undefined: whatever serves. */
  readonly from?: string | undefined;
  readonly nowMs: number;
  /** A proof that is older counts no more. */
  readonly windowMs: number;
}

export type UndoChoice =
  | { readonly ok: true; readonly chosen: ProvenVersion; readonly serves: string | null }
  | { readonly ok: false; readonly why: string };

/** `entries`: newest first. */
export function chooseUndo(entries: readonly ProvenFrom[], asked: UndoAsked): UndoChoice {
  const served = servedInTurn(entries);
  const serves = served.at(-1);
  if (serves === undefined)
    return no(
      `No rollout of ${asked.action} has ended with a version in service, so there is nothing to undo` +
        `${asked.to === undefined ? '' : `, and ${asked.to === 'none' ? cardless(asked) : versionLabel(asked.to)} was never proven`}. ` +
        'Start the plan of the version that shall serve.',
    );
  if (asked.from !== undefined && asked.from !== serves)
    return no(
      `${versionLabel(asked.from)} of ${asked.action} does not serve any more: ${versionLabel(serves)} does, and is left ` +
        'as it is.',
    );
  const proven = provenVersions(entries);
  if (asked.to !== undefined) return named(asked, asked.to === 'none' ? null : asked.to, { serves, proven });
  const before = served.slice(0, -1).toReversed();
  for (const version of before) {
    const chosen = version === serves ? undefined : proven.find((one) => one.version === version);
    if (chosen !== undefined && isWithin(chosen, asked)) return { ok: true, chosen, serves };
  }
  return no(nothingBefore(serves, knownProven(proven, serves, asked), asked));
}

/** What is proven all the same served before and was undone: a person took it away, so a person names it. */
function nothingBefore(serves: string | null, known: readonly ProvenVersion[], asked: UndoAsked): string {
  const window = formatDuration(asked.windowMs);
  const [newest] = known;
  return newest === undefined
    ? `Before ${labelOf(serves, asked)} no version served that was proven within ${window}. ${knownText(known)}`
    : `An undo goes back by itself only to what served before ${labelOf(serves, asked)} and was not undone, and ` +
        `nothing of that was proven within ${window}. ${knownText(known)} To go back to it, name it: ` +
        `\`--to ${newest.version ?? 'none'}\`.`;
}

function named(
  asked: UndoAsked,
  version: string | null,
  { serves, proven }: { readonly serves: string | null; readonly proven: readonly ProvenVersion[] },
): UndoChoice {
  if (version === serves) return no(`${labelOf(version, asked)} serves already.`);
  const chosen = proven.find((one) => one.version === version);
  const known = knownText(knownProven(proven, serves, asked));
  if (chosen === undefined) return no(`${labelOf(version, asked)} was never proven. ${known}`);
  if (isWithin(chosen, asked)) return { ok: true, chosen, serves };
  return no(
    `${labelOf(version, asked)} was proven on ${chosen.proof.at.slice(0, 10)}, which is longer ago ` +
      `than ${formatDuration(asked.windowMs)} (UNDO_WINDOW). ${known}`,
  );
}

function isWithin({ proof }: ProvenVersion, { nowMs, windowMs }: UndoAsked): boolean {
  return nowMs - Date.parse(proof.at) <= windowMs;
}

function labelOf(version: string | null, asked: UndoAsked): string {
  return version === null ? cardless(asked) : `${versionLabel(version)} of ${asked.action}`;
}

function cardless({ action }: UndoAsked): string {
  return `${action} without a card`;
}

/** The newest of what may be gone back to by name. */
function knownProven(
  proven: readonly ProvenVersion[],
  serves: string | null,
  asked: UndoAsked,
): readonly ProvenVersion[] {
  return proven.filter((one) => one.version !== serves && isWithin(one, asked)).slice(0, 5);
}

function knownText(known: readonly ProvenVersion[]): string {
  return known.length === 0
    ? 'Start the plan of the version that shall serve.'
    : `Proven: ${known.map(({ version, proof }) => `${versionLabel(version)} (${proof.at.slice(0, 10)})`).join(', ')}.`;
}

function no(why: string): UndoChoice {
  return { ok: false, why };
}

/** `proven on 2026-11-20 with n 4120`, for every place that says why a version may be gone back to. */
export function proofText({ proof, version }: Pick<ProvenVersion, 'proof' | 'version'>): string {
  const how =
    proof.how === 'promoted' ? 'promoted with every guardrail safe' : `served until it was replaced (baseline)`;
  return `${versionLabel(version)} was proven on ${proof.at.slice(0, 10)} with n ${proof.cards}: ${how}`;
}
