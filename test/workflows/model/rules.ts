/** What must hold of any run, whoever did what meanwhile: DESIGN's invariants, told from history and writes alone. */
import type { ScriptedOrganisation } from '../../helpers/rollout-harness.ts';
import type { Happening } from './history.ts';

export interface Ended {
  readonly happenings: readonly Happening[];
  readonly org: Pick<ScriptedOrganisation, 'writes' | 'records' | 'state'>;
  readonly outcome: string;
  readonly starter: string;
}

/** One sentence for each rule that was broken. */
export function broken(ended: Ended): string[] {
  return [...risesIn(ended), ...wordIn(ended), ...effectsIn(ended), ...recordsIn(ended)];
}

/** Abort wins, harm is not ignored, nothing rises in a pause, nobody approves what they started. */
function risesIn({ happenings, starter }: Ended): string[] {
  let split = 0;
  let brake: string | null = null;
  let isPaused = false;
  const problems: string[] = [];
  for (const happening of happenings) {
    if (happening.kind === 'cancelAsked') brake ??= 'a cancel';
    if (happening.kind === 'taken') {
      if (happening.act === 'abort') brake ??= 'an abort';
      if (happening.act === 'pause') isPaused = true;
      if (['resume', 'promote', 'advance'].includes(happening.act)) isPaused = false;
      if (happening.act === 'approve' && happening.by === starter) problems.push('its starter approved');
    }
    if (isDone(happening, 'watch') && kindOf(happening.result) === 'harm') brake ??= 'harm';
    if (happening.kind !== 'ordered' || happening.activity !== 'applySplit') continue;
    const { percent } = happening.input as { readonly percent: number };
    if (percent > split && brake !== null) problems.push(`${split} rose to ${percent} after ${brake}`);
    if (percent > split && isPaused) problems.push(`${split} rose to ${percent} in a pause`);
    split = percent;
  }
  return problems;
}

/** The last word is what the organisation bears out, and a promotion has a proof or a person. */
function wordIn({ happenings, org, outcome }: Ended): string[] {
  const { candidate, baseline, covered } = org.state();
  const problems: string[] = covered ? [] : ['at the end a conversation has no card'];
  const serves = (arm: typeof candidate): number => (arm?.servesHere === true ? arm.splitPercent : 0);
  if (outcome === 'promoted') {
    if (serves(candidate) !== 100 || serves(baseline) !== 0) problems.push('promoted, and it does not serve everybody');
    const last = happenings.findLast((one) => isDone(one, 'watch'));
    const isProven = last !== undefined && verdictOf(last.result) === 'safe';
    const isAsked = happenings.some((one) => one.kind === 'taken' && ['promote', 'advance'].includes(one.act));
    if (!isProven && !isAsked) problems.push('promoted without a proof, and nobody asked for it');
  } else if (outcome === 'rolledBack') {
    if (serves(baseline) !== 100 || serves(candidate) !== 0)
      problems.push('rolledBack, and the old one does not serve');
  } else if (outcome !== 'rejected' || org.writes.length > 0)
    problems.push(`${outcome} after ${org.writes.join(', ')}`);
  return problems;
}

/** Nothing is done twice. */
function effectsIn({ org }: Ended): string[] {
  return ['deploy', 'roll back', 'retire baseline'].flatMap((effect) => {
    const times = org.writes.filter((one) => one === effect).length;
    return times > 1 ? [`${effect} ${times} times`] : [];
  });
}

/** Each act that was taken is on record once, under the name of whoever did it. */
function recordsIn({ happenings, org }: Ended): string[] {
  const taken = new Map<string, number>();
  for (const one of happenings)
    if (one.kind === 'taken') taken.set(`${one.act} by ${one.by}`, (taken.get(`${one.act} by ${one.by}`) ?? 0) + 1);
  return [...taken].flatMap(([name, times]) => {
    const kept = org.records.filter(({ act, actor }) => `${act} by ${actor}` === name).length;
    return kept === times ? [] : [`${name} was taken ${times} times and is on record ${kept} times`];
  });
}

function isDone(one: Happening, activity: string): one is Extract<Happening, { readonly kind: 'done' }> {
  return one.kind === 'done' && one.activity === activity;
}

function kindOf(result: unknown): string | undefined {
  return (result as { readonly kind?: string } | undefined)?.kind;
}

function verdictOf(result: unknown): string | undefined {
  return (result as { readonly report?: { readonly verdict?: string } } | undefined)?.report?.verdict;
}
