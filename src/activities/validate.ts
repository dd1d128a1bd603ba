/** The preflight inside a rollout: asked anew at every start, and its answer kept for the audit log. */
import type { Plan } from '../domain/plan/plan.ts';
import { PREFLIGHT_RULES_VERSION, preflightDataVersion, preflightStatus } from '../domain/preflight/compliance.ts';
import { preflight } from '../domain/preflight/preflight.ts';
import type { PreflightSettings } from '../domain/preflight/settings.ts';
import { DEFAULT_SETTINGS } from '../domain/preflight/settings.ts';
import { contentSha256 } from '../genesys/action-document.ts';
import { saveCompliance } from '../store/compliance.ts';
import type { Database } from '../store/database.ts';
import type { PreflightResult } from './types.ts';

export interface ValidateDeps {
  readonly db: Database;
  readonly now: () => number;
  /** What cards are held to here; the defaults if absent. */
  readonly preflight?: PreflightSettings;
}

/** The answer is on record before the rollout hears it: whatever the audit log says of this content later is this answer. */
export async function validate(deps: ValidateDeps, { plan }: { readonly plan: Plan }): Promise<PreflightResult> {
  const settings = deps.preflight ?? DEFAULT_SETTINGS;
  const problems = preflight(plan, settings);
  const checked = {
    contentSha256: contentSha256(plan.action),
    status: preflightStatus(problems),
    rulesVersion: PREFLIGHT_RULES_VERSION,
    dataVersion: preflightDataVersion(settings),
  };
  await saveCompliance(deps.db, { ...checked, at: new Date(deps.now()), action: plan.action.name, version: plan.action.version });
  return { problems, checked };
}
