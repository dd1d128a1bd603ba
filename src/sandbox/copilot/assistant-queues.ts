/**
 * Which assistant serves which queue, and whom of its users. A queue has one assistant: giving it to another takes it
 * from the one before without a word.
 */
import { randomUUID } from 'node:crypto';
import { ApiError, badRequest, noSuchResource } from '../api-error.ts';
import type { AssignmentMode, AssistantQueue, AssistantQueueBody } from './bodies.ts';
import type { CopilotSettings } from './settings.ts';

interface UsersJob {
  readonly id: string;
  readonly assistantId: string;
  readonly queueId: string;
  readonly action: AssignmentMode;
  readonly endsAt: number;
  status: 'InProgress' | 'Succeeded' | 'Failed';
}

export interface AssistantQueuesSettings extends Pick<
  CopilotSettings,
  'firstAssignment' | 'jobMs' | 'wrongMode' | 'listsDeletedQueues'
> {
  readonly hasQueue: (id: string) => boolean;
  readonly hasUser: (id: string) => boolean;
  readonly now: () => number;
  readonly save: () => void;
}

/** What became of each user of a bulk change. */
export type BulkOutcome = readonly { readonly id: string; readonly error?: { message: string; code: string } }[];

export class AssistantQueues {
  readonly #settings: AssistantQueuesSettings;
  readonly #byQueue: Map<string, AssistantQueue>;
  readonly #jobs = new Map<string, UsersJob>();

  constructor(queues: readonly AssistantQueue[], settings: AssistantQueuesSettings) {
    this.#settings = settings;
    this.#byQueue = new Map(queues.map((queue) => [queue.id, queue]));
  }

  all(): readonly AssistantQueue[] {
    this.#endJobs();
    return [...this.#byQueue.values()];
  }

  ofQueue(queueId: string): AssistantQueue | undefined {
    this.#endJobs();
    return this.#byQueue.get(queueId);
  }

  get(assistantId: string, queueId: string): AssistantQueue {
    const found = this.ofQueue(queueId);
    if (found?.assistantId !== assistantId || !this.#settings.hasQueue(queueId)) throw noSuchResource();
    return found;
  }

  /** The queue itself is no more. */
  forget(queueId: string): void {
    if (this.#settings.listsDeletedQueues || !this.#byQueue.delete(queueId)) return;
    this.#settings.save();
  }

  /** All of them or, where a queue does not exist, none. */
  put(assistantId: string, bodies: readonly AssistantQueueBody[]): readonly AssistantQueue[] {
    this.#endJobs();
    for (const { id } of bodies) if (!this.#settings.hasQueue(id)) throw noSuchResource();
    const put = bodies.map((body) => this.#putOne(assistantId, body));
    this.#settings.save();
    return put;
  }

  /** All of them or, where one belongs to another assistant or to none, none. */
  remove(assistantId: string, queueIds: readonly string[]): void {
    for (const id of queueIds) if (this.ofQueue(id)?.assistantId !== assistantId) throw deletingHasConflict();
    for (const id of queueIds) this.#byQueue.delete(id);
    this.#settings.save();
  }

  /** Whether an agent who takes a conversation of this queue is assisted. */
  assists(queueId: string, userId: string): boolean {
    const queue = this.ofQueue(queueId);
    return queue !== undefined && (queue.mode === 'AutoAssignment' || queue.userIds.includes(userId));
  }

  addUsers(assistantId: string, queueId: string, userIds: readonly string[]): BulkOutcome {
    return this.#changeUsers(assistantId, queueId, userIds, (users, id) => {
      users.add(id);
      return undefined;
    });
  }

  removeUsers(assistantId: string, queueId: string, userIds: readonly string[]): BulkOutcome {
    return this.#changeUsers(assistantId, queueId, userIds, (users, id) =>
      users.delete(id) ? undefined : { message: `User ${id} is not assigned.`, code: 'not.found' },
    );
  }

  usersOf(assistantId: string, queueId: string, userIds: readonly string[]): readonly string[] {
    const queue = this.#manual(assistantId, queueId);
    return [...new Set(userIds)].filter((id) => queue.userIds.includes(id));
  }

  /** Switching from automatic to manual leaves nobody assigned. */
  startJob(assistantId: string, queueId: string, action: AssignmentMode): UsersJob {
    this.get(assistantId, queueId);
    const { jobMs, now } = this.#settings;
    const job: UsersJob = {
      id: randomUUID(),
      assistantId,
      queueId,
      action,
      endsAt: now() + jobMs,
      status: 'InProgress',
    };
    this.#jobs.set(job.id, job);
    this.#endJobs();
    return job;
  }

  jobOf(assistantId: string, queueId: string, jobId: string): UsersJob {
    this.#endJobs();
    const job = this.#jobs.get(jobId);
    if (job?.assistantId !== assistantId || job.queueId !== queueId) throw noSuchResource();
    return job;
  }

  #putOne(assistantId: string, body: AssistantQueueBody): AssistantQueue {
    const known = this.#byQueue.get(body.id);
    const now = new Date(this.#settings.now()).toISOString();
    const queue: AssistantQueue =
      known?.assistantId === assistantId
        ? { ...known, ...body, dateModified: now }
        : {
            ...body,
            assistantId,
            mode: this.#settings.firstAssignment,
            userIds: [],
            dateCreated: now,
            dateModified: now,
          };
    this.#byQueue.set(queue.id, queue);
    return queue;
  }

  #changeUsers(
    assistantId: string,
    queueId: string,
    userIds: readonly string[],
    change: (users: Set<string>, id: string) => { message: string; code: string } | undefined,
  ): BulkOutcome {
    const queue = this.#manual(assistantId, queueId);
    const users = new Set(queue.userIds);
    const outcome = userIds.map((id) => {
      const error = this.#settings.hasUser(id)
        ? change(users, id)
        : { message: `User ${id} was not found.`, code: 'not.found' };
      return error === undefined ? { id } : { id, error };
    });
    this.#byQueue.set(queueId, { ...queue, userIds: [...users] });
    this.#settings.save();
    return outcome;
  }

  #manual(assistantId: string, queueId: string): AssistantQueue {
    const queue = this.get(assistantId, queueId);
    if (queue.mode === 'ManualAssignment') return queue;
    const message = 'The users of this queue are assigned automatically; manual assignment mode is required.';
    throw new ApiError({ ...this.#settings.wrongMode, message });
  }

  /** A job fails where its queue went to another assistant meanwhile. */
  #endJobs(): void {
    const now = this.#settings.now();
    for (const job of this.#jobs.values()) {
      if (job.status !== 'InProgress' || job.endsAt > now) continue;
      const queue = this.#byQueue.get(job.queueId);
      job.status = queue?.assistantId === job.assistantId ? 'Succeeded' : 'Failed';
      if (queue === undefined || job.status === 'Failed' || queue.mode === job.action) continue;
      this.#byQueue.set(queue.id, { ...queue, mode: job.action, userIds: [] });
      this.#settings.save();
    }
  }
}

export function idsOf(text: string | undefined): readonly string[] {
  return [...new Set((text ?? '').split(',').filter((id) => id !== ''))];
}

export function assertSameQueue(pathId: string, bodyId: string): void {
  if (pathId !== bodyId) throw badRequest(`The body is of queue ${bodyId}, the path of queue ${pathId}.`);
}

function deletingHasConflict(): ApiError {
  return new ApiError({
    status: 409,
    code: 'conflict',
    message: 'Deleting queues from an assistant has a conflict.',
  });
}
