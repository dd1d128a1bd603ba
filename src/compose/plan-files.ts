/** How plans are read here: from the disk, with the templates that the environment names or that stand beside them. */
import type { Env } from '../config/secrets.ts';
import { FROM_DISK } from '../lint/lint.ts';
import type { LintDeps } from '../lint/lint.ts';
import { cardRules } from './card-rules.ts';

/** Whatever is looked at but the card. */
export function planFiles(env: Env): LintDeps {
  return { ...FROM_DISK, defaultsFile: env['ASSIST_DEFAULTS_FILE'] || null };
}

/** With what cards are held to; `browsers`: a browserslist query that goes before the environment's. */
export function planAndCardFiles(env: Env, browsers?: string): LintDeps {
  return { ...planFiles(env), settings: cardRules(env, browsers) };
}
