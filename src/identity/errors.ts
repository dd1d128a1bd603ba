/** What can go wrong with keys, tokens and operators.yaml. `code` is stable; `remedy` is the way out. */

export type IdentityErrorCode =
  | 'operators-invalid'
  | 'operator-key-invalid'
  | 'operator-key-missing'
  | 'operator-exists'
  | 'operator-unknown'
  | 'login-failed'
  | 'login-missing';

export class IdentityError extends Error {
  readonly code: IdentityErrorCode;
  readonly remedy: string;

  constructor(code: IdentityErrorCode, message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'IdentityError';
    this.code = code;
    this.remedy = remedy;
  }
}
