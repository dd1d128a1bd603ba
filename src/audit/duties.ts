/** What is done with the audit log again and again, whoever does it. */
export interface AuditActivities {
  /** Signs it; only who holds the key takes this. */
  signAudit(): Promise<void>;
  /** Sends what is new to the SIEM; only who knows where to takes this. */
  shipAudit(): Promise<void>;
}
