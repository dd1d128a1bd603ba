/**
 * Which agents of a queue have its assistant. The platform answers 200 when a part of them was refused: who, is told to
 * the caller.
 */
import { z } from 'zod';
import { GenesysError } from './errors.ts';
import type { Api } from './http.ts';
import type { Urgency } from './token-bucket.ts';

/** `ManualAssignment` takes the assistant from all agents of the queue; `AutoAssignment` gives it to all of them. */
export type AssignmentMode = 'AutoAssignment' | 'ManualAssignment';

export interface AssignmentJob {
  readonly id: string;
  readonly status: 'InProgress' | 'Succeeded' | 'Failed';
  /** Why it failed. */
  readonly reason: string | null;
}

export interface RefusedUser {
  readonly userId: string;
  readonly code: string;
  readonly message: string;
}

export interface Assignments {
  /** Not idempotent: after an ambiguous failure a second job may run beside the first. */
  startAssignment(assistantId: string, queueId: string, mode: AssignmentMode): Promise<AssignmentJob>;
  assignmentJob(assistantId: string, queueId: string, jobId: string): Promise<AssignmentJob>;
  /** Those who were refused; the others have the assistant. Asks for 100 at a time, and needs the manual mode. */
  addUsers(
    assistantId: string,
    queueId: string,
    userIds: readonly string[],
    urgency?: Urgency,
  ): Promise<readonly RefusedUser[]>;
  removeUsers(
    assistantId: string,
    queueId: string,
    userIds: readonly string[],
    urgency?: Urgency,
  ): Promise<readonly RefusedUser[]>;
  /** Those of these agents who have the assistant in this queue. */
  usersAmong(
    assistantId: string,
    queueId: string,
    userIds: readonly string[],
    urgency?: Urgency,
  ): Promise<ReadonlySet<string>>;
}

type QueuePath = (assistantId: string, queueId: string) => string;

export function assignmentsOf(api: Api, queuePathOf: QueuePath): Assignments {
  const change =
    (verb: 'add' | 'remove'): Assignments['addUsers'] =>
    async (assistantId, queueId, userIds, urgency) => {
      const refused: RefusedUser[] = [];
      const path = `${queuePathOf(assistantId, queueId)}/users/bulk/${verb}`;
      for (const some of chunksOf(userIds)) {
        const { value } = await api({ method: 'POST', path, body: bodyOf(some), schema: bulkSchema, urgency });
        if (value !== undefined) refused.push(...refusedOf(`POST /api/v2/${path}`, some, value));
      }
      return refused;
    };
  return {
    async startAssignment(assistantId, queueId, action) {
      const path = `${queuePathOf(assistantId, queueId)}/users/jobs`;
      return (await api({ method: 'POST', path, body: { action }, schema: jobSchema })).value;
    },
    async assignmentJob(assistantId, queueId, jobId) {
      const path = `${queuePathOf(assistantId, queueId)}/users/jobs/${encodeURIComponent(jobId)}`;
      return (await api({ method: 'GET', path, schema: jobSchema })).value;
    },
    addUsers: change('add'),
    removeUsers: change('remove'),
    async usersAmong(assistantId, queueId, userIds, urgency) {
      const found = new Set<string>();
      const path = `${queuePathOf(assistantId, queueId)}/users/query`;
      for (const some of chunksOf(userIds)) {
        const { value } = await api({ method: 'POST', path, body: bodyOf(some), schema: querySchema, urgency });
        for (const { id } of value.users ?? []) if (some.includes(id)) found.add(id);
      }
      return found;
    },
  };
}

/** Of one request, by the platform. */
const MAX_USERS = 100;

const jobSchema = z
  .object({
    id: z.string().min(1),
    status: z.enum(['InProgress', 'Succeeded', 'Failed']),
    errorInfo: z.object({ message: z.string().nullish(), code: z.string().nullish() }).nullish(),
  })
  .transform(({ id, status, errorInfo }): AssignmentJob => ({
    id,
    status,
    reason: [errorInfo?.code, errorInfo?.message].filter((word) => word != null && word !== '').join(': ') || null,
  }));

const querySchema = z.object({ users: z.array(z.looseObject({ id: z.string() })).nullish() });

/** Nothing at all (204): everybody was taken. */
const bulkSchema = z
  .object({
    results: z
      .array(
        z
          .object({ error: z.object({ code: z.string().nullish(), message: z.string().nullish() }).nullish() })
          .nullish(),
      )
      .nullish(),
    errorCount: z.number().nullish(),
    errorIndexes: z.array(z.number().int()).nullish(),
  })
  .optional();
type Bulk = NonNullable<z.infer<typeof bulkSchema>>;

/** An answer that tells of more failures than of who failed cannot be taken for a partial success. */
function refusedOf(
  asked: string,
  userIds: readonly string[],
  { results, errorCount, errorIndexes }: Bulk,
): RefusedUser[] {
  const failed = new Set(errorIndexes ?? []);
  (results ?? []).forEach((result, index) => void (result?.error == null || failed.add(index)));
  const refused = [...failed].flatMap((index) => {
    const userId = userIds[index];
    if (userId === undefined) return [];
    const error = results?.[index]?.error;
    return [{ userId, code: error?.code ?? 'unknown', message: error?.message ?? '' }];
  });
  if (refused.length >= Math.max(failed.size, errorCount ?? 0)) return refused;
  const came = `an answer that tells of ${errorCount ?? failed.size} refused users, but not of whom`;
  throw new GenesysError({ kind: 'badAnswer', asked, came });
}

function bodyOf(userIds: readonly string[]): object {
  return { entities: userIds.map((id) => ({ id })) };
}

function chunksOf(userIds: readonly string[]): string[][] {
  const ids = [...new Set(userIds)];
  return Array.from({ length: Math.ceil(ids.length / MAX_USERS) }, (_, index) =>
    ids.slice(index * MAX_USERS, (index + 1) * MAX_USERS),
  );
}
