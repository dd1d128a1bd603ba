/** One stream, judged by several judges side by side until the last of them has decided. */
import { configOf, looksOf } from './generator.ts';
import { judges } from './judges.ts';
import type { BenchJudge, StepConfig } from './protocol.ts';
import type { Scenario } from './scenario.ts';

export interface Outcome {
  /** `continue`: undecided at the end. */
  readonly answer: 'continue' | 'rollback' | 'promote';
  /** Minute of the decision, or the last one. */
  readonly t: number;
  /**
   * Candidate exposures until the decision, counted from the onset of the harm (from the start where there is none).
   */
  readonly exposures: number;
  /** First minute in which the judge called the data broken; null if it never did. */
  readonly untrustedAt: number | null;
}

interface Running {
  readonly name: string;
  readonly judge: BenchJudge;
  untrustedAt: number | null;
}

export type OutcomesByJudge = Readonly<Record<string, Outcome>>;

export function runStream(scenario: Scenario, seed: number, names: readonly string[]): OutcomesByJudge {
  const outcomes: Record<string, Outcome> = {};
  const config = configOf(scenario, seed);
  let running = names.map((name) => startJudge(name, config));
  let exposures = 0;
  for (const look of looksOf(scenario, seed)) {
    if (look.t > scenario.onset) exposures += look.cand.out.length;
    running = running.filter((one) => {
      const answer = one.judge.look(look);
      if (answer === 'untrusted') one.untrustedAt ??= look.t;
      const over = answer === 'rollback' || answer === 'promote';
      if (over || look.final) {
        outcomes[one.name] = { answer: over ? answer : 'continue', t: look.t, exposures, untrustedAt: one.untrustedAt };
      }
      return !over;
    });
    if (running.length === 0) break;
  }
  return outcomes;
}

/** The seed of one stream: every scenario and index has its own, whatever else is run. */
export function streamSeed(seed: number, scenario: string, index: number): number {
  let hash = (seed ^ 0x811c9dc5) >>> 0;
  for (const char of `${scenario}#${index}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0;
  return hash;
}

function startJudge(name: string, config: StepConfig): Running {
  const make = judges[name];
  if (make === undefined)
    throw new Error(`No judge is called "${name}". There are: ${Object.keys(judges).join(', ')}.`);
  const judge = make();
  judge.reset(config);
  return { name, judge, untrustedAt: null };
}
