/** The organisations that members of waves may be in, as their file lists them. Pure: what it names is read elsewhere. */
import { z } from 'zod';
import { addFault } from '../plan/fields.ts';
import { problemsOf } from '../plan/issues.ts';
import type { JsonSchema } from '../plan/json-schema.ts';
import { knownFieldsAt } from '../plan/json-schema.ts';
import type { Problem } from '../plan/problem.ts';
import { problemAt, show } from '../plan/problem.ts';
import { ORGANISATION_HELP, ORGANISATION_PATTERN } from './plan.ts';

const text = z.string().trim().min(1).max(500);

const organisation = z.strictObject({
  address: text
    .transform((given, ctx) => {
      if (/^[^\s/]+:\d{1,5}$/.test(given)) return given;
      addFault(ctx, {
        code: 'plan-value',
        message: `Here stands ${show(given)}; expected host and port of a Temporal server.`,
        remedy: 'Write it such as temporal.eu.example.com:7233.',
      });
      return z.NEVER;
    })
    .describe('Host and port of its Temporal server.'),
  namespace: text.describe('Its Temporal namespace.'),
  tls: z
    .union([
      z.boolean(),
      z.strictObject({
        ca: text.optional().describe('File of the certificate authority.'),
        cert: text.optional().describe('File of the client certificate.'),
        key: text.optional().describe('File of its private key.'),
        serverName: text.optional(),
      }),
    ])
    .optional(),
  codecKeysFile: text.optional().describe('File of the keys that its histories are in cipher with.'),
  apiKeyFile: text.optional().describe('File that holds the API key.'),
  key: text.describe("File of the operator's private key with which waves act there."),
});

const schema = z.strictObject({ organisations: z.record(z.string(), organisation) });

/** Files are as written, relative to the list. */
export type OrganisationEntry = Readonly<z.output<typeof organisation>>;

export type ParsedOrganisations =
  | { readonly ok: true; readonly organisations: Readonly<Record<string, OrganisationEntry>> }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Never throws. */
export function parseOrganisations(given: unknown): ParsedOrganisations {
  const parsed = schema.safeParse(given);
  if (!parsed.success)
    return { ok: false, problems: parsed.error.issues.flatMap((issue) => problemsOf(issue, given, fieldsAt)) };
  const { organisations } = parsed.data;
  const problems = Object.entries(organisations).flatMap(([name, entry]) => faultsOf(name, entry));
  return problems.length > 0 ? { ok: false, problems } : { ok: true, organisations };
}

function faultsOf(name: string, { tls }: OrganisationEntry): Problem[] {
  const half = typeof tls === 'object' && (tls.cert === undefined) !== (tls.key === undefined);
  return [
    ...(ORGANISATION_PATTERN.test(name)
      ? []
      : [
          problemAt(`organisations.${name}`, {
            code: 'plan-value',
            message: `An organisation is called ${show(name)}; expected ${ORGANISATION_HELP}.`,
            remedy: 'Give it a short name, such as eu.',
          }),
        ]),
    ...(half
      ? [
          problemAt(`organisations.${name}.tls`, {
            code: 'plan-value',
            message: 'Of cert and key one is given; expected both or neither.',
            remedy: 'Name the file of the other one too.',
          }),
        ]
      : []),
  ];
}

function fieldsAt(path: readonly PropertyKey[]): string[] {
  return knownFieldsAt(path, (known ??= z.toJSONSchema(schema, { io: 'input', target: 'draft-7' }) as JsonSchema));
}

let known: JsonSchema | undefined;
