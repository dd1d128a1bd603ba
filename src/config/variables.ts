/** The variables of the environment that hold a text or a number, each by itself. */
import { z } from 'zod';
import { MIN_CALLS_PER_MINUTE } from '../genesys/token-bucket.ts';
import { WEBHOOK_SECRET_FORM, isWebhookSecret } from '../webhooks/secret.ts';
import { listOf } from './destinations.ts';
import type { ConfigProblem } from './error.ts';
import type { Env } from './secrets.ts';

/** 0: any free one. */
export const PORTS = [0, 65_535] as const;

const httpUrl = z.url({ protocol: /^https?$/, error: 'is not an http(s) URL' });
const origin = z
  .url({ protocol: /^https?$/, error: 'holds what is no origin; expected https://<host>' })
  .refine((text) => new URL(text).origin === text, 'holds more than an origin; expected https://<host>');
const signingSecret = z.string().refine(isWebhookSecret, `holds a secret that is not ${WEBHOOK_SECRET_FORM}`);
const signingSecrets = z.string().transform(listOf).pipe(z.array(signingSecret).min(1, 'is empty'));
const variables = {
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'is not a postgres:// URL')
    .optional(),
  ASSIST_ROLLOUTS_HOME: z.string().optional(),
  TEMPORAL_UI_URL: httpUrl.optional(),
  GENESYS_REGION: z.string().optional(),
  GENESYS_LOGIN_URL: httpUrl.optional(),
  GENESYS_API_URL: httpUrl.optional(),
  GENESYS_CALLS_PER_MINUTE: wholeNumber(MIN_CALLS_PER_MINUTE, 60_000).default(300),
  EVENTS_HOST: z.string().default('127.0.0.1'),
  EVENTS_PORT: wholeNumber(...PORTS).default(8460),
  EVENTS_ADMIN_PORT: wholeNumber(...PORTS).default(8461),
  EVENTS_PUBLIC_URL: httpUrl.optional(),
  PANEL_HOST: z.string().default('127.0.0.1'),
  PANEL_PORT: wholeNumber(...PORTS).default(8470),
  API_HOST: z.string().default('127.0.0.1'),
  API_PORT: wholeNumber(...PORTS).default(8480),
  PANEL_PUBLIC_URL: httpUrl.optional(),
  PANEL_OAUTH_CLIENT_ID: z.string().optional(),
  PANEL_FRAME_ANCESTORS: z.string().transform(listOf).pipe(z.array(origin)).optional(),
  PANEL_CHANNELS: wholeNumber(0, 20).default(5),
  COACHING_URL: z.string().optional(),
  COACHING_ALLOWED_HOSTS: z.string().optional(),
  HOOKS_ALLOWED_HOSTS: z.string().optional(),
  EVENTS_SIGNING_SECRETS: signingSecrets.optional(),
  EVENTS_METRIC_SECRETS: signingSecrets.optional(),
};
const schema = z.object(variables);
export type Variables = z.infer<typeof schema>;

function wholeNumber(min: number, max: number) {
  const wrong = `is not a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, wrong)
    .transform(Number)
    .pipe(z.number().min(min, wrong).max(max, wrong));
}

/** An empty variable counts as unset: compose files pass `NAME=` for what is not given. */
export function parseVariables(env: Env, problems: ConfigProblem[]): Variables {
  const given = Object.fromEntries(Object.entries(env).filter(([name, value]) => name in variables && value !== ''));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const wrong = new Set<string>();
  for (const issue of result.error.issues) {
    const name = String(issue.path[0]);
    if (!wrong.has(name)) problems.push({ name, message: issue.message });
    wrong.add(name);
  }
  return schema.parse(Object.fromEntries(Object.entries(given).filter(([name]) => !wrong.has(name))));
}
