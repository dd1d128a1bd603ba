/** What became of a message for people: to which destination, when, and how it went. */
import { createRedactor } from '../text/redact.ts';
import { secondText } from '../text/instant.ts';

export interface SentMessage {
  /** Its name in the file of destinations; never an address. */
  readonly destination: string;
  readonly event: string;
  readonly headline: string;
  /** ISO instants. */
  readonly queuedAt: string;
  /** The end of quiet hours; null: it waits for none. */
  readonly heldUntil: string | null;
  /** That failed. */
  readonly attempts: number;
  readonly nextTryAt: string | null;
  /** Of the last attempt that failed. */
  readonly problem: string | null;
  readonly deliveredAt: string | null;
  readonly givenUpAt: string | null;
}

export type Delivery = 'delivered' | 'trying' | 'waiting' | 'held' | 'givenUp';

export function deliveryOf({ deliveredAt, givenUpAt, attempts, heldUntil }: SentMessage, nowMs: number): Delivery {
  if (deliveredAt !== null) return 'delivered';
  if (givenUpAt !== null) return 'givenUp';
  if (attempts > 0) return 'trying';
  return heldUntil !== null && Date.parse(heldUntil) > nowMs ? 'held' : 'waiting';
}

/** In words, with what went wrong; times are UTC. */
export function deliveryText(message: SentMessage, nowMs: number): string {
  const { attempts, heldUntil, nextTryAt, deliveredAt, givenUpAt, problem } = message;
  const why = problem === null ? '' : `: ${maskedProblem(problem)}`;
  const tries = attempts === 1 ? 'one attempt' : `${attempts} attempts`;
  switch (deliveryOf(message, nowMs)) {
    case 'delivered':
      return `delivered ${utc(deliveredAt)}${attempts === 0 ? '' : `, after ${tries} that failed`}`;
    case 'givenUp':
      return `given up ${utc(givenUpAt)}, after ${tries}${why}`;
    case 'trying':
      return `still trying: ${tries} failed${nextTryAt === null ? '' : `, the next is at ${utc(nextTryAt)}`}${why}`;
    case 'held':
      return `held back by quiet hours until ${utc(heldUntil)}`;
    case 'waiting':
      return 'waits to be sent';
  }
}

/** `messages/` says for the engine what kind it is. */
export function destinationText({ destination }: SentMessage): string {
  return destination.replace(/^messages\//, '');
}

function utc(instant: string | null): string {
  return instant === null ? '' : `${secondText(instant)} UTC`;
}

const redact = createRedactor();

/** The path of a webhook is its secret: of an address its host is left. */
function maskedProblem(problem: string): string {
  return redact(problem).replaceAll(/\b(https?:\/\/)(?:[^\s/@]*@)?([^\s/?#"']+)[^\s"']*/gi, '$1$2/…');
}
