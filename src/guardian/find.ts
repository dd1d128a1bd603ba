/** What is wrong, in as few listings as do: where all is well, one that the watches of this process have made is as good. */
import type { Client } from '@temporalio/client';
import type { GuardianFinding } from '../domain/guardian/finding.ts';
import { findingsIn } from '../domain/guardian/findings.ts';
import type { GuardianRules } from '../domain/guardian/seen.ts';
import type { GuardianMode } from './types.ts';
import type { LookDeps } from './look.ts';
import { lookAround } from './look.ts';

export interface FindDeps extends LookDeps {
  readonly mode: GuardianMode;
}

export type Find = (client: Client, rules: GuardianRules) => Promise<readonly GuardianFinding[]>;

/**
 * Whatever is told rests on a listing that began with the look. One of others can only hide what was put before agents
 * since then, and a rollout that ended since then is found by its row; so a look that cannot read the rows makes its own.
 */
export function createFind(deps: FindDeps): Find {
  let wasWell = false;

  const look = async (client: Client, rules: GuardianRules, sinceMs: number) => {
    let isWhole = true;
    const onStoreAway = (error: unknown): void => {
      isWhole = false;
      deps.onStoreAway(error);
    };
    const seen = await lookAround({ ...deps, onStoreAway }, client, sinceMs);
    const findings = findingsIn(seen, rules, deps.mode === 'restore');
    return { findings, isWell: isWhole && findings.length === 0 };
  };

  return async (client, rules) => {
    const { sharedMs = 0 } = rules;
    // What was found a moment ago is most likely found again: no look in vain.
    if (wasWell && sharedMs > 0 && (await look(client, rules, deps.now() - sharedMs)).isWell) return [];
    const { findings, isWell } = await look(client, rules, deps.now());
    wasWell = isWell;
    return findings;
  };
}
