/** Which conversations a split divides: all of them, or those of some queues and agents. */

/** Who is in any of the lists is in the audience. Each list has an id at least, each once, in order. */
export interface Audience {
  /** What people call it. */
  readonly name?: string | undefined;
  readonly queues?: readonly string[] | undefined;
  readonly divisions?: readonly string[] | undefined;
  readonly teams?: readonly string[] | undefined;
  readonly agents?: readonly string[] | undefined;
}

export const AUDIENCE_FIELDS = [
  'queues',
  'divisions',
  'teams',
  'agents',
] as const satisfies readonly (keyof Audience)[];

/** What has members: a team, or a division. */
export interface Membership {
  readonly kind: 'team' | 'division';
  readonly groupId: string;
}

/** Where a conversation is, and who is in it. */
export interface Place {
  readonly queueId: string;
  readonly agentId: string;
  /** Of the agent. */
  readonly memberships: readonly Membership[];
}

export function isWithin({ queues, divisions, teams, agents }: Audience, place: Place): boolean {
  const isMember = (kind: Membership['kind'], ids: readonly string[] = []): boolean =>
    place.memberships.some((one) => one.kind === kind && ids.includes(one.groupId));
  return (
    (queues?.includes(place.queueId) ?? false) ||
    (agents?.includes(place.agentId) ?? false) ||
    isMember('team', teams) ||
    isMember('division', divisions)
  );
}

/** Teams and divisions whose members have to be known. */
export function membershipsOf({ divisions = [], teams = [] }: Audience): readonly Membership[] {
  return [
    ...teams.map((groupId) => ({ kind: 'team' as const, groupId })),
    ...divisions.map((groupId) => ({ kind: 'division' as const, groupId })),
  ];
}

/** Null is everybody. */
export function isSameAudience(a: Audience | null, b: Audience | null): boolean {
  return holds(a, b) && holds(b, a);
}

/** Is everybody of the inner one in the outer one, whoever the members of teams and divisions are? */
export function holds(outer: Audience | null, inner: Audience | null): boolean {
  return (
    outer === null ||
    (inner !== null &&
      AUDIENCE_FIELDS.every((field) => (inner[field] ?? []).every((id) => outer[field]?.includes(id) ?? false)))
  );
}

const NAMES = { queues: 'queue', divisions: 'division', teams: 'team', agents: 'agent' } as const;

/** `Billing (pilot)`, `queue 6f2f7b7e…, 2 teams (pilot)`: as status and step show it. Its ids stand in the plan. */
export function audienceText(of: Audience): string {
  return `${of.name ?? listsText(of)} (pilot)`;
}

/** `25 % of Billing (pilot)`; without an audience `25 %`. */
export function splitText(percent: number, of: Audience | null | undefined): string {
  return of ? `${percent} % of ${audienceText(of)}` : `${percent} %`;
}

/** `25 % of the conversations of Billing (pilot)`; without an audience `25 % of the conversations`. */
export function shareText(percent: number, of: Audience | null | undefined): string {
  return `${percent} % of the conversations${of ? ` of ${audienceText(of)}` : ''}`;
}

const SHOWN_LENGTH = 8;

function listsText(of: Audience): string {
  return AUDIENCE_FIELDS.flatMap((field) => {
    const ids = of[field] ?? [];
    const [only] = ids;
    if (only === undefined) return [];
    const shown = only.length > SHOWN_LENGTH ? `${only.slice(0, SHOWN_LENGTH)}…` : only;
    return ids.length === 1 ? [`${NAMES[field]} ${shown}`] : [`${ids.length} ${field}`];
  }).join(', ');
}
