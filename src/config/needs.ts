/** What a process cannot do without. */
import type { ConfigProblem } from './error.ts';
import type { Variables } from './variables.ts';

/** `genesysIfAny`: an organisation that is half described is a mistake, none at all is not. */
export type Need = 'genesys' | 'genesysIfAny' | 'database' | 'publicUrl' | 'signingSecrets' | 'panel' | 'api';

/** By the verb that runs the process. */
export const PROCESS_NEEDS = {
  worker: ['genesys', 'database', 'publicUrl', 'signingSecrets'],
  events: ['database', 'signingSecrets'],
  panel: ['database', 'genesys', 'panel'],
  responder: ['genesys', 'database'],
  forward: ['database'],
  api: ['api'],
} as const satisfies Readonly<Record<string, readonly Need[]>>;

/** Of a verb that runs no process: nothing. */
export function needsOf(verb: string): readonly Need[] {
  return Object.entries(PROCESS_NEEDS).find(([process]) => process === verb)?.[1] ?? [];
}

export function requireOthers(parsed: Variables, needs: readonly Need[], problems: ConfigProblem[]): void {
  const named = (name: string) => problems.some((problem) => problem.name === name || problem.name === `${name}_FILE`);
  const demand = (need: Need, name: keyof Variables, what: string) => {
    if (needs.includes(need) && parsed[name] === undefined && !named(name))
      problems.push({ name, message: missing(what) });
  };
  demand(
    'database',
    'DATABASE_URL',
    'the PostgreSQL that worker, events service and panel share; only `dev` and `demo` embed one',
  );
  demand('publicUrl', 'EVENTS_PUBLIC_URL', 'the URL at which the organisation reaches the events service');
  demand('panel', 'PANEL_PUBLIC_URL', "the https URL at which agents' browsers reach the panel process");
  demand('panel', 'PANEL_OAUTH_CLIENT_ID', 'the id of the OAuth client (code, PKCE) with which agents sign in');
  demand('api', 'OPERATORS_FILE', 'the list of who may act');
  demand(
    'api',
    'ASSIST_ATTESTOR_KEY',
    'a key, or ASSIST_ATTESTOR_KEY_FILE; make one with `assist-rollouts operator key --new api --to <file>`',
  );
  demand('signingSecrets', 'EVENTS_SIGNING_SECRETS', 'one or more webhook secrets (whsec_...), the current one first');
}

export function missing(what: string): string {
  return `is not set; expected ${what}`;
}
