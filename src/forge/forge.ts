/** A code host, as far as a review needs it: the comments of one pull or merge request. */

export interface Comment {
  readonly id: string;
  readonly author: string;
  readonly body: string;
}

/** Each rejects with a ForgeError. */
export interface Forge {
  /** The largest comment that it takes, in characters. */
  readonly maxLength: number;
  /** Who we are there, as `author` of what we write. */
  me(): Promise<string>;
  /** Oldest first. */
  comments(): Promise<readonly Comment[]>;
  write(body: string): Promise<void>;
  rewrite(id: string, body: string): Promise<void>;
}

/** `refused`: it does not let us; `unavailable`: no answer, or none that can be read. */
export class ForgeError extends Error {
  readonly kind: 'refused' | 'unavailable';

  constructor(kind: 'refused' | 'unavailable', message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ForgeError';
    this.kind = kind;
  }
}
