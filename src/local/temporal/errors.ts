export type TemporalServerErrorCode = 'temporal-not-obtained' | 'temporal-port-in-use' | 'temporal-not-started';

/** A local Temporal server could not be had; the message names what was tried and the way out. */
export class TemporalServerError extends Error {
  constructor(
    readonly code: TemporalServerErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'TemporalServerError';
  }
}
