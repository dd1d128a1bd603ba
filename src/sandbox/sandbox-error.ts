export type SandboxErrorCode = 'sandbox-port-in-use' | 'sandbox-cannot-listen' | 'sandbox-state-unreadable';

/** Why the sandbox cannot start. */
export class SandboxError extends Error {
  readonly code: SandboxErrorCode;

  constructor(code: SandboxErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SandboxError';
    this.code = code;
  }
}
