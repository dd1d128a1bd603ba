/** Who works here: the agents of the traffic as users, and the groups that they are in. */
import type { Mutable } from '../domain/shared/mutable.ts';
import { badRequest } from './api-error.ts';
import { AGENT_DRAWS, createDraws } from './traffic/draws.ts';
import { SEEDED } from './seeded-organisation.ts';

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly groupIds: readonly string[];
  readonly teamId: string;
}

export interface Group {
  readonly id: string;
  readonly name: string;
}

const FIRST = ['Ada', 'Ben', 'Chloe', 'Dario', 'Elif', 'Femi', 'Grace', 'Hugo', 'Ines', 'Jun', 'Kofi', 'Lena'];
const LAST = ['Abara', 'Berg', 'Costa', 'Doyle', 'Eriksen', 'Fischer', 'Garcia', 'Haddad', 'Ito', 'Jones', 'Kaya'];

/** In the order of their numbers in the traffic. */
export class People {
  readonly #agents: readonly Person[];
  readonly #byId: ReadonlyMap<string, Person>;

  constructor(agents: number, seed: number) {
    this.#agents = Array.from({ length: agents }, (_, index) => personOf(index, seed));
    this.#byId = new Map(this.#agents.map((person) => [person.id, person]));
  }

  agents(): readonly Person[] {
    return this.#agents;
  }

  find(id: string): Person | undefined {
    return this.#byId.get(id);
  }

  groups(): readonly Group[] {
    return Object.values(SEEDED.groups);
  }

  teams(): readonly Group[] {
    return Object.values(SEEDED.teams);
  }

  inTeam(teamId: string): readonly Person[] {
    return this.#agents.filter((person) => person.teamId === teamId);
  }

  /** From now on the agent is in this team and in no other. */
  moveToTeam(id: string, teamId: string): void {
    const person: Mutable<Person> | undefined = this.#byId.get(id);
    if (person !== undefined) person.teamId = teamId;
  }

  membersOf(groupId: string): readonly Person[] {
    return this.#agents.filter(({ groupIds }) => groupIds.includes(groupId));
  }
}

/** By the id of the user, or by the number in the traffic. */
export function findAgent(people: People, idOrNumber: string): string {
  const person = people.find(idOrNumber) ?? people.agents()[/^\d{1,6}$/.test(idOrNumber) ? Number(idOrNumber) : -1];
  if (person === undefined) {
    const last = people.agents().length - 1;
    throw badRequest(`There is no agent ${idOrNumber}. Name the id of a user, or a number from 0 to ${last}.`);
  }
  return person.id;
}

function personOf(index: number, seed: number): Person {
  const first = FIRST[index % FIRST.length] ?? '';
  const last = LAST[index % LAST.length] ?? '';
  const { agents, leads } = SEEDED.groups;
  return {
    id: createDraws(seed, AGENT_DRAWS, index).uuid(),
    name: `${first} ${last} ${index + 1}`,
    email: `${first}.${last}.${index + 1}@sandbox.example`.toLowerCase(),
    teamId: index % 4 === 3 ? SEEDED.teams.nights.id : SEEDED.teams.days.id,
    groupIds: index % 20 === 0 ? [agents.id, leads.id] : [agents.id],
  };
}
