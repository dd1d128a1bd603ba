/** What can go wrong with the audit log and its exports. Each carries a stable code and the way out. */

export type AuditErrorCode =
  | 'audit-key-missing'
  | 'audit-key-invalid'
  | 'audit-tampered'
  | 'audit-file-unreadable'
  | 'ship-destination-invalid'
  | 'ship-refused'
  | 'ship-file-foreign';

export class AuditError extends Error {
  constructor(
    readonly code: AuditErrorCode,
    message: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'AuditError';
  }
}
