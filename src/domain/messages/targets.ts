/** Who gets a message, and when. Pure. */
import { matchesPattern } from '../identity/pattern.ts';
import type { Message } from './message.ts';
import { quietUntil } from './quiet-hours.ts';
import type { MessageDestination, MessageSettings } from './settings-schema.ts';

export interface Target {
  readonly name: string;
  /** ms since the epoch; null: at once. */
  readonly heldUntilMs: number | null;
}

/** Each destination once, however many routes lead there. */
export function targetsOf(message: Message, settings: MessageSettings, atMs: number): readonly Target[] {
  const names = Object.entries(settings.destinations).flatMap(([name, destination]) =>
    Object.entries(settings.routes).some(
      ([at, route]) => route.to.includes(name) && leads(at, route, message, destination),
    )
      ? [name]
      : [],
  );
  return names.map((name) => ({ name, heldUntilMs: heldUntil(message, settings, name, atMs) }));
}

type Route = MessageSettings['routes'][string];

function leads(name: string, route: Route, message: Message, { kind }: MessageDestination): boolean {
  const { events, severities, actions } = route;
  const { event, severity, action, alert, routes } = message;
  const isMeant =
    routes.includes(name) ||
    actions === undefined ||
    actions.some((pattern) => (action === null ? pattern === '*' : matchesPattern(action, pattern)));
  if (!isMeant) return false;
  // Whoever was called hears that it is over, whatever the route says of severities.
  if (kind === 'pagerDuty' && alert?.state !== 'open') return alert?.state === 'over';
  return (events?.includes(event) ?? true) && (severities?.includes(severity) ?? true);
}

/** Machines are awake, and harm waits for nobody. */
function heldUntil(
  { severity }: Message,
  { quietHours, destinations }: MessageSettings,
  name: string,
  atMs: number,
): number | null {
  const kind = destinations[name]?.kind;
  if (quietHours === undefined || kind === 'cloudEvents' || kind === 'pagerDuty') return null;
  return severity === 'info' || severity === 'action' ? quietUntil(quietHours, atMs) : null;
}
