/** The organisation's queues, which can be written, and its skills, which are given. */
import { z } from 'zod';
import { SEEDED, seededQueues } from './seeded-organisation.ts';

export interface RoutingEntity {
  readonly id: string;
  readonly name: string;
  /** Every queue has one, a skill may. Absent: the home division for a queue, none for a skill. */
  readonly divisionId?: string;
}

export const queueSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  divisionId: z.string(),
  /** What else was written of it; it has no effect here. */
  more: z.record(z.string(), z.unknown()),
  /** Absent: everybody. */
  memberIds: z.array(z.string()).optional(),
});
export type Queue = z.infer<typeof queueSchema>;

export const HOME_DIVISION = '8f1d6c40-2b7e-4a93-b5d8-0c9e7a31f614';

export interface RoutingSources {
  readonly moreQueues: readonly RoutingEntity[];
  readonly busyQueues: number;
  readonly moreSkills: readonly RoutingEntity[];
  /** As they were kept; where nothing was, the seeded queues, with everybody in them. */
  readonly saved: readonly Queue[] | undefined;
  /** Called after every change and before the answer leaves. */
  readonly save: () => void;
}

export class RoutingDirectory {
  readonly #skills: readonly RoutingEntity[];
  readonly #queues: Map<string, Queue>;
  readonly #save: () => void;

  constructor({ moreQueues, busyQueues, moreSkills, saved, save }: RoutingSources) {
    this.#skills = [...Object.values(SEEDED.skills), ...moreSkills].sort(byName);
    const seeded = seededQueues(busyQueues).map(queueOf);
    const queues = [...moreQueues.map((queue) => ({ ...queueOf(queue), memberIds: [] })), ...(saved ?? seeded)];
    this.#queues = new Map(queues.map((queue) => [queue.id, queue]));
    this.#save = save;
  }

  queues(): readonly Queue[] {
    return [...this.#queues.values()].sort(byName);
  }

  skills(): readonly RoutingEntity[] {
    return this.#skills;
  }

  queue(id: string): Queue | undefined {
    return this.#queues.get(id);
  }

  has(kind: 'queue' | 'skill', id: string): boolean {
    return kind === 'queue' ? this.#queues.has(id) : this.#skills.some((skill) => skill.id === id);
  }

  put(queue: Queue): void {
    this.#queues.set(queue.id, queue);
    this.#save();
  }

  remove(id: string): void {
    this.#queues.delete(id);
    this.#save();
  }
}

function queueOf(entity: RoutingEntity): Queue {
  return { divisionId: HOME_DIVISION, ...entity, more: {} };
}

function byName(a: RoutingEntity, b: RoutingEntity): number {
  return a.name < b.name ? -1 : 1;
}
