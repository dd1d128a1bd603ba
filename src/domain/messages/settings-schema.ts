/** Where messages go: `messages.yaml`, as it is written and as it is used. */
import { z } from 'zod';
import { problemsOf } from '../plan/issues.ts';
import type { JsonSchema } from '../plan/json-schema.ts';
import { knownFieldsAt } from '../plan/json-schema.ts';
import { MESSAGE_EVENTS, SEVERITIES } from './message.ts';

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'is not 1 to 40 lower-case letters, digits and hyphens');

/** Never in the file itself: it lies beside plans, and is shown. */
const secret = z.union(
  [
    z.strictObject({ env: z.string().regex(/^MESSAGES_[A-Z0-9_]{1,60}$/, 'is not the name of a MESSAGES_… variable') }),
    z.strictObject({ file: z.string().min(1) }),
  ],
  'is neither { env: MESSAGES_… } nor { file: <path> }: a secret never stands in this file',
);
export type SecretSource = z.output<typeof secret>;

/** One address of mail. Nothing in it can begin another header. */
const address = z
  .string()
  .max(254)
  .regex(/^[^\s<>"(),:;@\\\p{Cc}]+@[A-Za-z0-9.-]+$/u, 'is not one address, such as leads@example.com');

const host = z.string().regex(/^[A-Za-z0-9.:-]{1,253}$/, 'is not the name of a host');

const destination = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('slack'), url: secret }),
  z.strictObject({ kind: z.literal('teams'), url: secret }),
  z.strictObject({
    kind: z.literal('email'),
    host,
    port: z.number().int().min(1).max(65_535).default(587),
    user: z.string().min(1).optional(),
    password: secret.optional(),
    /** PEM of the authority that signed the server's certificate, beside those of the system. */
    caFile: z.string().min(1).optional(),
    from: address,
    to: z.array(address).min(1).max(50),
  }),
  z.strictObject({
    kind: z.literal('cloudEvents'),
    url: z.string().min(1),
    signingSecrets: z.array(secret).min(1).max(4),
  }),
  z.strictObject({
    kind: z.literal('pagerDuty'),
    routingKey: secret,
    url: z.string().default('https://events.pagerduty.com/v2/enqueue'),
  }),
]);

const route = z.strictObject({
  to: z.array(name).min(1),
  events: z.array(z.enum(MESSAGE_EVENTS)).min(1).optional(),
  severities: z.array(z.enum(SEVERITIES)).min(1).optional(),
  /** Patterns with `*`; an empty list: only where a plan names the route. */
  actions: z.array(z.string().min(1).max(64)).optional(),
});

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is not a time of day such as "20:00"');
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const quietHours = z
  .strictObject({
    timeZone: z.string().refine(isTimeZone, 'is not the name of a time zone such as Europe/Berlin'),
    from: timeOfDay,
    to: timeOfDay,
    /** Quiet from midnight to midnight. */
    allDay: z.array(z.enum(DAYS)).max(6).default([]),
  })
  .refine(({ from, to }) => from !== to, 'begin and end at the same time');

const settings = z.strictObject({
  apiVersion: z.literal('assist-rollouts/v1'),
  destinations: z.record(name, destination).refine((all) => Object.keys(all).length > 0, 'names no destination'),
  routes: z.record(name, route).refine((all) => Object.keys(all).length > 0, 'names no route'),
  quietHours: quietHours.optional(),
});

export type MessageDestination = Readonly<z.output<typeof destination>>;
export type QuietHours = Readonly<z.output<typeof quietHours>>;
export type MessageSettings = Readonly<z.output<typeof settings>>;

export type ParsedSettings =
  | { readonly ok: true; readonly settings: MessageSettings }
  | { readonly ok: false; readonly problems: readonly string[] };

/** All that is wrong, each with its place. */
export function parseMessageSettings(value: unknown): ParsedSettings {
  const parsed = settings.safeParse(value);
  if (!parsed.success)
    return {
      ok: false,
      problems: parsed.error.issues.flatMap((issue) => problemTexts(issue, value)).slice(0, MAX_PROBLEMS),
    };
  const { destinations, routes } = parsed.data;
  const problems = Object.entries(routes).flatMap(([at, { to }]) =>
    to
      .filter((one) => !Object.hasOwn(destinations, one))
      .map((one) => `routes.${at}.to: "${one}" is no destination; there are ${Object.keys(destinations).join(', ')}`),
  );
  return problems.length > 0 ? { ok: false, problems } : { ok: true, settings: parsed.data };
}

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** No more than can be read. */
const MAX_PROBLEMS = 20;

/** What the schema says of itself begins with a verb; all else is what zod says to programmers. */
function problemTexts(issue: z.core.$ZodIssue, value: unknown): string[] {
  const texts = issue.message.startsWith('is ')
    ? [{ path: issue.path.map(String).join('.'), text: issue.message }]
    : problemsOf(issue, value, fieldsAt).map(({ path, message, remedy }) => ({ path, text: `${message} ${remedy}` }));
  return texts.map(({ path, text }) => `${path || 'the file'}: ${text}`);
}

function fieldsAt(path: readonly PropertyKey[]): string[] {
  return knownFieldsAt(path, (known ??= z.toJSONSchema(settings, { io: 'input', target: 'draft-7' }) as JsonSchema));
}

let known: JsonSchema | undefined;
