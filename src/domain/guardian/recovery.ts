/** What became of an action that nobody watched over. */
import { secondText } from '../text/instant.ts';

/** What a recovery found and did. */
export type Recovery =
  | {
      /** The organisation shows the baseline alone, read back. */
      readonly kind: 'restored';
      readonly rolloutId: string | null;
      /** Of the run that nobody or nothing watched over: it ends its row; null: it is open still. */
      readonly ended: string | null;
      /** Null: there was none, and no card is shown again. */
      readonly baseline: string | null;
      readonly candidates: readonly string[];
      /** Candidates that no rollout made; they were left alone. */
      readonly foreign: readonly string[];
      /** Its run was terminated, and nothing was wrong with what watched. */
      readonly byHand?: boolean;
      readonly why: string;
      readonly splitPercent: number;
      /** ISO instant. */
      readonly provenAt: string;
      readonly correlationId: string | null;
    }
  | {
      /** No candidate of a rollout is shown. */
      readonly kind: 'nothing';
      readonly rolloutId: string | null;
      readonly ended: string | null;
      readonly foreign: readonly string[];
      readonly byHand?: boolean;
      readonly why: string;
    }
  /** A run that can act watches: it is for a person to abort it. */
  | { readonly kind: 'watched'; readonly why: string }
  | { readonly kind: 'needsPerson'; readonly rolloutId: string | null; readonly why: string };

/** For log, audit log and people. */
export function recoverySentence(action: string, recovery: Recovery): string {
  const left =
    'foreign' in recovery && recovery.foreign.length > 0
      ? ` Left alone, for no rollout made it: ${recovery.foreign.map(versionIn).join(', ')}.`
      : '';
  switch (recovery.kind) {
    case 'restored':
      return (
        `${recovery.why} ${restoredText(action, recovery)}; the organisation shows it (read back at ` +
        `${secondText(recovery.provenAt)} UTC).${left}`
      );
    case 'nothing':
      return (
        `${recovery.why} No candidate of ${action} that a rollout made is shown, so there is nothing to bring ` +
        `back.${left}`
      );
    case 'watched':
    case 'needsPerson':
      return recovery.why;
  }
}

function restoredText(action: string, { baseline, candidates }: Extract<Recovery, { kind: 'restored' }>): string {
  const off =
    candidates.length === 0
      ? ''
      : `${candidates.map(versionIn).join(' and ')} ${candidates.length === 1 ? 'is' : 'are'} off`;
  if (baseline === null) return `${off}, and ${action} shows no card, as before`;
  return `The baseline ${versionIn(baseline)} of ${action} was brought back to 100 %${off === '' ? '' : `, ${off}`}`;
}

/** `v1.4.0 (<id>)`: the id is for the record. */
function versionIn(name: string): string {
  return name.split(' ', 1)[0] ?? name;
}

/** Nothing of the action is before agents any more, read back. */
export function isCaredFor(recovery: { readonly kind: string } | null): boolean {
  return recovery?.kind === 'restored' || recovery?.kind === 'nothing';
}
