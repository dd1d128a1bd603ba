/** What became of what was sent, since the process started. */

export interface IntakeCounts {
  pushes: number;
  events: number;
  duplicates: number;
  /** Events of a type that this version does not know; kept. */
  unknownTypes: number;
  /** Requests that will never be taken as they are. */
  refused: number;
  /** Single events of pushes that were taken otherwise. */
  refusedEvents: number;
  deadLetters: number;
  /** Pushes that there was no room for. */
  overloaded: number;
  /** Pushes that the store could not take. */
  unavailable: number;
  /** When a push was last turned away with 503, to be sent again. */
  turnedAwayAt: string | null;
}

export function createCounts(): IntakeCounts {
  return {
    pushes: 0,
    events: 0,
    duplicates: 0,
    unknownTypes: 0,
    refused: 0,
    refusedEvents: 0,
    deadLetters: 0,
    overloaded: 0,
    unavailable: 0,
    turnedAwayAt: null,
  };
}

/** Counts as they are told: with whether pushes are being turned away now. */
export interface IntakeState extends Readonly<IntakeCounts> {
  /** One was within the last minute. */
  readonly refusing: boolean;
  readonly heldBytes: number;
  readonly heldPushes: number;
  /** Bodies and connections that proved nothing and made room for others. */
  readonly cut: number;
}

const LATELY_MS = 60_000;

export function isRefusing({ turnedAwayAt }: Pick<IntakeCounts, 'turnedAwayAt'>, nowMs: number): boolean {
  return turnedAwayAt !== null && nowMs - Date.parse(turnedAwayAt) < LATELY_MS;
}
