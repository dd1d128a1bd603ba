/** What cards are held to here: the organisation's own policy and browsers, where the environment names them. */
import { ConfigError } from '../config/error.ts';
import { readCardRules } from '../config.ts';
import { parsePolicy } from '../domain/preflight/content-policy.ts';
import type { BrowserMatrix } from '../domain/preflight/compat/versions.ts';
import type { PreflightSettings } from '../domain/preflight/settings.ts';
import { DEFAULT_SETTINGS } from '../domain/preflight/settings.ts';
import { BrowsersError, matrixOf } from '../lint/browsers.ts';
import type { Env } from '../config/secrets.ts';

/** `browsers`: a browserslist query that goes before the environment's. */
export function cardRules(env: Env, browsers?: string): PreflightSettings {
  const named = readCardRules(env);
  return {
    ...DEFAULT_SETTINGS,
    ...(named.policy === null ? {} : { policy: parsePolicy(named.policy) }),
    ...(browsers !== undefined
      ? { minBrowsers: matrixOf(browsers) }
      : named.browsers === null
        ? {}
        : { minBrowsers: matrixOfEnvironment(named.browsers) }),
  };
}

function matrixOfEnvironment(query: string): BrowserMatrix {
  try {
    return matrixOf(query);
  } catch (cause) {
    throw cause instanceof BrowsersError
      ? new ConfigError([{ name: 'CARD_BROWSERS', message: `${cause.message} ${cause.remedy}` }])
      : cause;
  }
}
