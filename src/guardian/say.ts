/** What the guardian did, in the log and in the audit log, once each; and what it does besides restoring. */
import type { Client } from '@temporalio/client';
import type { GuardianFinding } from '../domain/guardian/finding.ts';
import { messageOfFinding, messageOfFreed, messageOfRecovery } from '../domain/messages/guardian-message.ts';
import type { Message } from '../domain/messages/message.ts';
import type { Recovery } from '../domain/guardian/recovery.ts';
import { recoverySentence } from '../domain/guardian/recovery.ts';
import { shortKey } from '../domain/shared/short-key.ts';
import { redactDeep } from '../domain/text/redact.ts';
import type { Redact } from '../domain/text/redact.ts';
import { appendAudit } from '../store/audit.ts';
import type { AuditEntry } from '../store/audit-line.ts';
import type { Database, Transaction } from '../store/database.ts';
import { endRollout, hasAuditEntry, restoringKey } from '../store/guardian.ts';
import type { Tell } from '../store/messages.ts';
import type { Logger } from '../telemetry/logger.ts';
import { endHolder, freedSentence, stillHolder } from './recovery-holder.ts';
import type { Restoring } from './restore.ts';
import { isDeed, remedyBy } from './remedy.ts';
import type { RemedyDeps } from './remedy.ts';
import { tellRestored } from './restore.ts';
import type { GuardianMode, RecordInput } from './types.ts';

const GUARDIAN = 'guardian';

export interface SayDeps extends RemedyDeps {
  readonly mode: GuardianMode;
  readonly db: Database;
  readonly now: () => number;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Cuts secrets out of what goes into the audit log for good. */
  readonly redact?: Redact;
  /** Tells people; absent: nobody is told. */
  readonly tell?: Tell;
}

/** Two guardians that say the same at once tell of other moments, and are one entry. */
const MAY_DIFFER = ['at', 'reason', 'actor', 'wayOut', 'mode', 'remedy'];

/** True when it is new. What people are told of it is in the same transaction, and once. */
async function write(
  trx: Transaction,
  { redact, tell }: SayDeps,
  entry: AuditEntry,
  message: Message | null,
): Promise<boolean> {
  const cut = <T>(value: T): T => (redact === undefined ? value : redactDeep(value, redact));
  const isNew = await appendAudit(trx, cut(entry), MAY_DIFFER);
  if (isNew && message !== null) await tell?.(trx, cut(message), entry.key);
  return isNew;
}

export async function actOn(deps: SayDeps, client: Client, finding: GuardianFinding): Promise<void> {
  const { remedy } = finding;
  if (remedy === 'free') return freeRecovery(deps, client, finding);
  const { kind, action, rolloutId, sentence, ids } = finding;
  const isDone = isDeed(remedy) && deps.mode === 'restore';
  const wayOut = isDeed(remedy) && !isDone ? withoutDeed(finding.wayOut) : finding.wayOut;
  deps.logger[remedy === 'close' ? 'info' : 'error'](
    { guardian: kind, action, rolloutId },
    `guardian: ${sentence} ${wayOut}`,
  );
  if (remedy === 'close') return close(deps, finding);
  const { said, done } = keysOf(finding, deps.now());
  if (await isOnRecord(deps, isDone ? [done] : [said, done])) return;
  if (isDone) await remedyBy(deps, client, finding);
  const atMs = deps.now();
  await putOnRecord(deps, messageOfFinding({ ...finding, wayOut }, atMs), {
    key: isDone ? done : said,
    at: new Date(atMs),
    actor: GUARDIAN,
    act: kind,
    reason: sentence,
    rolloutId,
    action,
    version: finding.version,
    details: { wayOut, ...(ids !== undefined && { ids }), mode: deps.mode, remedy: isDone ? remedy : 'alarm' },
  });
}

/**
 * Once for as long as it lasts. A deed has a key of its own: that it was said by who may, or could, do nothing about it
 * keeps nobody from doing it.
 */
function keysOf({ key, remedy }: GuardianFinding, nowMs: number): { readonly said: string; readonly done: string } {
  // A repair is a deed of its own each time.
  const said = shortKey(remedy === 'repair' ? `guardian/${key}/${minuteOf(nowMs)}` : `guardian/${key}`);
  return { said, done: `${said}/done` };
}

/** On record first: it is held no more when this is done again. */
async function freeRecovery(deps: SayDeps, client: Client, finding: GuardianFinding): Promise<void> {
  const { action, rolloutId } = finding;
  const holder = action === null || deps.mode !== 'restore' ? null : await stillHolder(client, action);
  if (action === null || holder === null) return;
  const reason = freedSentence(action, holder);
  deps.logger.error({ guardian: 'recoveryFreed', action, rolloutId }, `guardian: ${reason}`);
  const atMs = deps.now();
  await putOnRecord(deps, messageOfFreed({ action, rolloutId, reason }, atMs), {
    // Where no recovery can begin (a release that is broken, say) one after the other is ended for the same reason.
    key: shortKey(`guardian/recoveryFreed/${finding.key}/${holder.why}`),
    at: new Date(atMs),
    actor: GUARDIAN,
    act: 'recoveryFreed',
    reason,
    rolloutId,
    action,
  });
  await endHolder(client, action, holder, GUARDIAN);
}

/** What was done is not done again for want of a record: the next look, in a minute, says it once more. */
async function putOnRecord(deps: SayDeps, message: Message, entry: AuditEntry): Promise<void> {
  try {
    await deps.db.tx(async (trx) => void (await write(trx, deps, entry, message)));
  } catch (error) {
    deps.logger.warn({ err: error }, `guardian: ${entry.act} could not be put on record`);
  }
}

/** While the store is away it is said again rather than not at all. */
async function isOnRecord({ db, logger }: SayDeps, keys: readonly string[]): Promise<boolean> {
  try {
    return (await Promise.all(keys.map((key) => hasAuditEntry(db, key)))).includes(true);
  } catch (error) {
    logger.warn({ err: error }, 'guardian: the store is away');
    return false;
  }
}

/** Row and entry share a transaction, so lists, retention and audit log agree. */
function close(deps: SayDeps, finding: GuardianFinding): Promise<void> {
  const { rolloutId, action, version, sentence, ended, ids = [] } = finding;
  return deps.db.tx(async (trx) => {
    if (rolloutId === null || ended === undefined) return;
    const at = new Date(deps.now());
    if (!(await endRollout(trx, { rolloutId, ...ended, reason: sentence, at, safety: null }))) return;
    // An end with an outcome is told as the rollout itself tells it, so that a verifier finds list and log to agree.
    const entry = {
      key: `guardian/lostRun/${rolloutId}`,
      at,
      actor: GUARDIAN,
      act: ended.outcome === null ? ended.phase : 'ended',
      reason: sentence,
      rolloutId,
      action,
      version,
      after: ended,
      ...(ids.length > 0 && { details: { ids } }),
    };
    await write(trx, deps, entry, messageOfFinding(finding, at.getTime()));
  });
}

/** Before the rollout is told: it believes no word from outside that is not on record. */
export async function announce(deps: SayDeps, restoring: Restoring): Promise<void> {
  await deps.db.tx((trx) => writeRestoring(trx, deps, restoring));
}

/** True when it was not on record yet. */
function writeRestoring(trx: Transaction, deps: SayDeps, { action, rolloutId, by }: Restoring): Promise<boolean> {
  const entry = {
    key: restoringKey(rolloutId),
    at: new Date(deps.now()),
    actor: by,
    act: 'restoring',
    reason: 'The rollout does nothing any more while its candidate is shown, so the baseline is brought back.',
    rolloutId,
    action,
  };
  // What people are told is what came of it.
  return write(trx, deps, entry, null);
}

export async function recordRecovery(deps: SayDeps, client: Client, input: RecordInput): Promise<void> {
  const { action, by, recovery } = input;
  deps.logger[recovery.kind === 'needsPerson' ? 'error' : 'warn'](
    { guardian: recovery.kind, action, by },
    `guardian: ${saidOf(input)}`,
  );
  const isUntold = await deps.db.tx(async (trx) => {
    await writeRecovery(trx, deps, input);
    return isOpenStill(recovery) && (await writeRestoring(trx, deps, { action, by, rolloutId: recovery.rolloutId }));
  });
  // The store was away when it was told first, so it was not believed.
  if (isUntold && isOpenStill(recovery)) await tellRestored(client, { action, rolloutId: recovery.rolloutId });
}

function saidOf({ action, recovery }: RecordInput): string {
  return recovery.kind === 'refused' ? recovery.why : recoverySentence(action, recovery);
}

/** Of a rollout that was frozen: its run goes on as soon as it can. */
function isOpenStill(
  recovery: RecordInput['recovery'],
): recovery is Extract<Recovery, { kind: 'restored' }> & { readonly rolloutId: string } {
  return recovery.kind === 'restored' && recovery.rolloutId !== null && recovery.ended === null;
}

async function writeRecovery(trx: Transaction, deps: SayDeps, input: RecordInput): Promise<void> {
  const { action, by, reason, recovery, proof } = input;
  const at = new Date(deps.now());
  if (recovery.kind === 'watched') return;
  await endRow(trx, input, at);
  if (recovery.kind === 'nothing' && by === GUARDIAN) return;
  const entry = {
    key: keyOf(input),
    at,
    actor: by,
    act: recovery.kind === 'nothing' ? 'recover' : recovery.kind,
    reason:
      recovery.kind === 'refused'
        ? `${recovery.why} Given was: ${reason}`
        : `${reason.replace(/[.!?]+$/, '')}: ${saidOf(input)}`,
    rolloutId: recovery.kind === 'refused' ? null : recovery.rolloutId,
    action,
    ...(proof !== undefined && { details: proof }),
    ...(recovery.kind === 'restored' && {
      before: { splitPercent: recovery.splitPercent, candidates: recovery.candidates },
      after: { splitPercent: 0, baseline: recovery.baseline },
      correlationId: recovery.correlationId,
      details: { provenAt: recovery.provenAt, foreign: recovery.foreign, ...proof },
    }),
  };
  await write(trx, deps, entry, messageOfRecovery({ action, by, reason, recovery }, at.getTime()));
}

/** A person who is needed is called once for the same reason. */
function keyOf({ action, recovery, key }: RecordInput): string {
  return recovery.kind === 'needsPerson'
    ? shortKey(`guardian/needsPerson/${action}/${recovery.rolloutId ?? ''}/${recovery.why}`)
    : key;
}

/** What neither has nor gets an end of its own. */
async function endRow(trx: Transaction, { action, recovery }: RecordInput, at: Date): Promise<void> {
  if (recovery.kind !== 'restored' && recovery.kind !== 'nothing') return;
  const { rolloutId, ended } = recovery;
  if (rolloutId === null || ended === null) return;
  const safety =
    recovery.kind === 'restored'
      ? {
          provenByReadBack: true,
          provenAt: recovery.provenAt,
          firstCandidateCardAt: null,
          timeToSafetyMs: null,
          reactionMs: null,
        }
      : null;
  await endRollout(trx, {
    rolloutId,
    phase: ended,
    outcome: null,
    reason: recoverySentence(action, recovery),
    at,
    safety,
  });
}

function withoutDeed(wayOut: string): string {
  return (
    'Nothing was done about it, for `GUARDIAN` is `alarm`. Where it is `restore`: ' +
    `${wayOut.charAt(0).toLowerCase()}${wayOut.slice(1)}`
  );
}

function minuteOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16);
}
