/** The organisation's queues and skills. They are given: nobody creates or deletes one here. */
import { SEEDED } from './seeded-organisation.ts';

export interface RoutingEntity {
  readonly id: string;
  readonly name: string;
  /** Every queue has one, a skill may. Absent: the home division for a queue, none for a skill. */
  readonly divisionId?: string;
}

export const HOME_DIVISION = '8f1d6c40-2b7e-4a93-b5d8-0c9e7a31f614';

export class RoutingDirectory {
  readonly #byKind: Readonly<Record<'queue' | 'skill', readonly RoutingEntity[]>>;

  constructor(moreQueues: readonly RoutingEntity[], moreSkills: readonly RoutingEntity[]) {
    this.#byKind = {
      queue: [...Object.values(SEEDED.queues), ...moreQueues]
        .map((queue) => ({ divisionId: HOME_DIVISION, ...queue }))
        .sort(byName),
      skill: [...Object.values(SEEDED.skills), ...moreSkills].sort(byName),
    };
  }

  all(kind: 'queue' | 'skill'): readonly RoutingEntity[] {
    return this.#byKind[kind];
  }

  has(kind: 'queue' | 'skill', id: string): boolean {
    return this.find(kind, id) !== undefined;
  }

  find(kind: 'queue' | 'skill', id: string): RoutingEntity | undefined {
    return this.#byKind[kind].find((entity) => entity.id === id);
  }
}

function byName(a: RoutingEntity, b: RoutingEntity): number {
  return a.name < b.name ? -1 : 1;
}
