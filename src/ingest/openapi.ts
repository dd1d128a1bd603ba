/** What this service answers, as OpenAPI 3.1; served at /openapi.json. */
import { SCHEMAS } from './openapi-schemas.ts';
import type { ShapeName } from './openapi-schemas.ts';
import type { IngestProblemCode } from './problem.ts';
import { httpStatusOf } from './problem.ts';

type Json = Readonly<Record<string, unknown>>;

const ref = (name: ShapeName): Json => ({ $ref: `#/components/schemas/${name}` });
const json = (description: string, schema: ShapeName): Json => ({
  description,
  content: { 'application/json': { schema: ref(schema) } },
});

/** One response per status, saying which codes it comes with. */
function problems(...codes: readonly IngestProblemCode[]): Json {
  const statuses = [...new Set(codes.map(httpStatusOf))];
  return Object.fromEntries(
    statuses.map((status) => {
      const ofStatus = codes.filter((code) => httpStatusOf(code) === status);
      const schema = {
        allOf: [ref('Problem'), { properties: { code: { enum: ofStatus }, status: { const: status } } }],
      };
      const retry = {
        headers: {
          'Retry-After': { description: 'Seconds.', required: true, schema: { type: 'string', pattern: '^\\d+$' } },
        },
      };
      return [
        String(status),
        {
          description: ofStatus.join(', '),
          content: { 'application/problem+json': { schema } },
          ...(status === 503 || status === 429 ? retry : {}),
        },
      ];
    }),
  );
}

const header = (name: string, description: string, pattern: string, required: boolean): Json => ({
  name,
  in: 'header',
  description,
  required,
  schema: { type: 'string', pattern },
});
const query = (name: string, description: string, schema: Json): Json => ({ name, in: 'query', description, schema });
const id: Json = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'Of the dead letter.',
  schema: { type: 'integer', minimum: 0 },
};

const SIGNATURES: readonly IngestProblemCode[] = [
  'signature-missing',
  'signature-malformed',
  'signature-mismatch',
  'timestamp-malformed',
  'timestamp-out-of-tolerance',
];
const TIMES: readonly IngestProblemCode[] = ['time-ahead', 'time-too-old'];
const ADMIN: readonly IngestProblemCode[] = ['admin-refused', 'admin-locked', 'internal', 'store-unavailable'];

const events: Json = {
  post: {
    operationId: 'pushEvents',
    summary: 'Takes one event or a batch; answers when all of it is durable.',
    description:
      'Signed with the Standard Webhooks headers, or with X-Hub-Signature-256 where a hub secret is configured. ' +
      'Repeating a push does no harm.',
    parameters: [
      header('webhook-id', 'The same for every attempt.', '^[A-Za-z0-9_-]{1,256}$', false),
      header('webhook-timestamp', 'Of this attempt, in seconds since 1970.', '^\\d{10,}$', false),
      header(
        'webhook-signature',
        '1 to 8 signatures, separated by a space, over webhook-id.webhook-timestamp.body.',
        '^\\S+( \\S+){0,7}$',
        false,
      ),
      header(
        'X-Hub-Signature-256',
        'Instead of the three: HMAC-SHA256 over the body.',
        '^sha256=[A-Za-z0-9+/]{43}=$',
        false,
      ),
    ],
    requestBody: {
      required: true,
      description: 'At most 1 MiB, UTF-8, not compressed.',
      content: { 'application/json': { schema: ref('Push') } },
    },
    responses: {
      200: json(
        'Every event of the push is stored, but those that are `refused`: they are dead letters, and sending ' +
          'them again is of no use.',
        'Taken',
      ),
      ...problems(
        'body-incomplete',
        'body-not-utf8',
        'body-not-json',
        'event-invalid',
        ...TIMES,
        'event-out-of-scope',
        ...SIGNATURES,
        'body-too-slow',
        'body-too-large',
        'body-encoding-unsupported',
        'internal',
        'overloaded',
        'store-unavailable',
      ),
    },
  },
};

const bridge: Json = {
  post: {
    operationId: 'pushBridgeEvent',
    summary: 'Takes one event of an Amazon EventBridge API destination; there only where EVENTS_BRIDGE_SECRET is set.',
    description: 'As EventBridge has it, without an input transformer. Repeating it does no harm.',
    parameters: [header('x-eventbridge-key', 'A secret of EVENTS_BRIDGE_SECRET.', '^.{16,}$', true)],
    requestBody: {
      required: true,
      description: 'At most 1 MiB, UTF-8, not compressed.',
      content: { 'application/json': { schema: { type: 'object' } } },
    },
    responses: {
      200: json('On its way to the panel processes, or of no use to them.', 'Bridged'),
      ...problems(
        'body-incomplete',
        'body-not-json',
        'bridge-event-invalid',
        'bridge-refused',
        'body-too-slow',
        'body-too-large',
        'body-encoding-unsupported',
        'internal',
        'overloaded',
        'store-unavailable',
      ),
    },
  },
};

const health: Json = {
  get: {
    operationId: 'health',
    summary: 'Does the store answer? With counts of what came in.',
    responses: { 200: json('It does.', 'Health'), ...problems('internal', 'store-unavailable') },
  },
};

const secured = { security: [{ adminToken: [] }] };

/** Not where the events come in. */
const OWN_LISTENER: readonly Json[] = [
  { url: 'http://127.0.0.1:8461', description: 'EVENTS_ADMIN_PORT, on the machine of the service.' },
];

const adminPaths: Json = {
  '/admin/stats': {
    get: {
      ...secured,
      operationId: 'stats',
      summary: 'How late events come, clocks that disagree, unknown types, dead letters, what waits to be forwarded.',
      parameters: [
        query('cards', 'How many of the newest cards to look at.', {
          type: 'integer',
          minimum: 1,
          maximum: 10_000_000,
          default: 20_000,
        }),
      ],
      responses: { 200: json('Figures.', 'Stats'), ...problems('query-invalid', ...ADMIN) },
    },
  },
  '/admin/dead-letters': {
    get: {
      ...secured,
      operationId: 'listDeadLetters',
      summary: 'Oldest first, without their bodies.',
      parameters: [
        query('kind', 'Pushes that were refused, or messages that a destination did not take.', {
          enum: ['intake', 'forward'],
        }),
        query('all', 'Those that were replayed too.', { type: 'boolean', default: false }),
        query('afterId', 'For the next page: the last id of this one.', { type: 'integer', minimum: 0, default: 0 }),
        query('limit', 'At most so many.', { type: 'integer', minimum: 1, maximum: 1000, default: 100 }),
      ],
      responses: { 200: json('Dead letters.', 'DeadLetters'), ...problems('query-invalid', ...ADMIN) },
    },
  },
  '/admin/dead-letters/{id}': {
    get: {
      ...secured,
      operationId: 'showDeadLetter',
      summary: 'One, with its body.',
      parameters: [id],
      responses: { 200: json('It.', 'ShownDeadLetter'), ...problems('dead-letter-unknown', ...ADMIN) },
    },
  },
  '/admin/dead-letters/{id}/replay': {
    post: {
      ...secured,
      operationId: 'replayDeadLetter',
      summary: 'Takes the push in once more, or sends the message once more.',
      parameters: [id],
      responses: {
        200: json('Stored, or returned to the outbox.', 'Replayed'),
        ...problems(
          'dead-letter-unknown',
          'dead-letter-cut',
          'dead-letter-replayed',
          'body-not-utf8',
          'body-not-json',
          'event-invalid',
          ...TIMES,
          'event-out-of-scope',
          'overloaded',
          ...ADMIN,
        ),
      },
    },
  },
};

export const openapi: Json = {
  openapi: '3.1.0',
  info: {
    title: 'Assist Rollouts events service',
    version: '1',
    description: 'Refusals are problem documents (RFC 9457) with a stable `code`.',
  },
  paths: {
    '/events': events,
    '/eventbridge': bridge,
    '/healthz': health,
    '/openapi.json': {
      get: {
        operationId: 'describe',
        summary: 'This document.',
        responses: {
          200: {
            description: 'OpenAPI 3.1.',
            content: { 'application/json': { schema: { type: 'object', required: ['openapi', 'info', 'paths'] } } },
          },
        },
      },
    },
    ...Object.fromEntries(
      Object.entries(adminPaths).map(([path, item]) => [path, { ...(item as Json), servers: OWN_LISTENER }]),
    ),
  },
  components: {
    schemas: SCHEMAS,
    securitySchemes: { adminToken: { type: 'http', scheme: 'bearer', description: 'EVENTS_ADMIN_TOKEN.' } },
  },
};
