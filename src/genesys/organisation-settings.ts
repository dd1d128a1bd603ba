/** What the organisation is and lets us do, apart from its conversations. Everything here only reads. */
import { z } from 'zod';
import type { Answered, Api } from './http.ts';

export interface OrganisationSettings {
  /** Whose token ours is; with the platform's clock. */
  token(): Promise<Answered<TokenInfo>>;
  /** Does the platform still take our token? Rejects with `unauthorized` when it does not. */
  checkToken(): Promise<void>;
  /** The roles of our client, with their permissions. That it answers a client without a user is not documented. */
  grants(): Promise<readonly Grant[]>;
  /** Of `platform.api`, for example: the value of each key. */
  limits(namespace: string): Promise<ReadonlyMap<string, number>>;
  transcription(): Promise<TranscriptionSettings>;
  /** Every topic that notifications can be had of, with `{id}` where an id belongs. */
  topics(): Promise<readonly AvailableTopic[]>;
  /** What copilots can do, by language: whatever the platform tells. */
  copilotFeatures(language?: string): Promise<unknown>;
}

export interface Grant {
  readonly role: string;
  /** `domain:entity:action`; `*` stands for all. */
  readonly permissions: readonly string[];
}

const named = z.looseObject({ id: z.string().nullish(), name: z.string().nullish() }).nullish();
const tokenSchema = z.looseObject({ organization: named, homeOrganization: named, OAuthClient: named });
export type TokenInfo = z.infer<typeof tokenSchema>;

const transcriptionSchema = z.looseObject({
  /** `Disabled`, `EnabledGlobally` or `EnabledQueueFlow`. */
  transcription: z.string(),
  /** Absent where the organisation does not tell. */
  lowLatencyTranscriptionEnabled: z.boolean().nullish(),
});
export type TranscriptionSettings = z.infer<typeof transcriptionSchema>;

const topicSchema = z.looseObject({
  id: z.string(),
  /** `All`, `Websocket`, `EventBridge`, `ProcessAutomation`. */
  transports: z.array(z.string()).nullish(),
  requiresPermissions: z.array(z.string()).nullish(),
});
export type AvailableTopic = z.infer<typeof topicSchema>;

const policySchema = z.object({
  domain: z.string(),
  entityName: z.string(),
  actions: z.array(z.string()).nullish(),
});
const subjectSchema = z.object({
  grants: z
    .array(
      z.object({
        role: z.object({ name: z.string().nullish(), policies: z.array(policySchema).nullish() }).nullish(),
      }),
    )
    .nullish(),
});

export function createOrganisationSettings(api: Api): OrganisationSettings {
  const read = async <T>(path: string, schema: z.ZodType<T>, query: Query = {}): Promise<T> =>
    (await api({ method: 'GET', path, query, schema })).value;
  return {
    token: () => api({ method: 'GET', path: 'tokens/me', schema: tokenSchema }),
    async checkToken() {
      await api({ method: 'HEAD', path: 'tokens/me', schema: z.unknown() });
    },
    grants: async () => grantsOf(await read('authorization/subjects/me', subjectSchema)),
    async limits(namespace) {
      const path = `organizations/limits/namespaces/${encodeURIComponent(namespace)}`;
      const { entities } = await read(path, limitsSchema);
      return new Map((entities ?? []).map(({ key, value }) => [key, value]));
    },
    transcription: () => read('routing/settings/transcription', transcriptionSchema),
    topics: async () =>
      (await read('notifications/availabletopics', topicsSchema, { expand: ['transports', 'requiresPermissions'] }))
        .entities ?? [],
    copilotFeatures: (language) =>
      read('assistants/copilot/featuresupport', z.unknown(), language === undefined ? {} : { language }),
  };
}

type Query = Readonly<Record<string, string | readonly string[]>>;

const limitsSchema = z.object({ entities: z.array(z.object({ key: z.string(), value: z.number() })).nullish() });
const topicsSchema = z.object({ entities: z.array(topicSchema).nullish() });

function grantsOf({ grants }: z.infer<typeof subjectSchema>): Grant[] {
  return (grants ?? []).map(({ role }) => ({
    role: role?.name ?? '',
    permissions: (role?.policies ?? []).flatMap(({ domain, entityName, actions }) =>
      (actions ?? []).map((action) => `${domain}:${entityName}:${action}`),
    ),
  }));
}
