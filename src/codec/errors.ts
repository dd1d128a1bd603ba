/** What goes wrong with payloads in cipher; docs/cipher.md has the ways out. */

/** `history-sealed`: in a key that is not here. `history-damaged`: neither the key nor the payload is what it was. */
export type CodecErrorCode = 'history-sealed' | 'history-damaged';

export class CodecError extends Error {
  readonly code: CodecErrorCode;
  readonly remedy: string;

  constructor(code: CodecErrorCode, message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CodecError';
    this.code = code;
    this.remedy = remedy;
  }
}
