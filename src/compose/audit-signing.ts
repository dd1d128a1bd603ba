/** A process that writes the audit log also signs it. */
import { findSigner } from '../audit/key.ts';
import { signAndKeep } from '../audit/sign-and-keep.ts';
import type { Env } from '../config/secrets.ts';
import type { Database } from '../store/database.ts';
import type { Logger } from '../telemetry/logger.ts';
import { keepingOf, keySource } from './audit-keys.ts';
import type { Closers } from './closers.ts';

export interface Signing {
  readonly env: Env;
  readonly now: () => number;
  readonly db: Database;
  readonly logger: Logger;
  readonly closers: Closers;
}

const SIGN_EVERY_MS = 60_000;
/** Also when nothing was logged: a last signature that is older than this means that nobody signs any more. */
const SIGN_ANEW_MS = 3_600_000;

/** Once a minute and when it ends; without a key it says so and goes on. */
export async function signRegularly({ env, now, db, logger, closers }: Signing): Promise<void> {
  const signer = await findSigner(keySource({ env }));
  if (signer === null) {
    logger.warn('the audit log is not signed here: set AUDIT_SIGNING_KEY_FILE');
    return;
  }
  const sign = () =>
    signAndKeep(db, signer, { now, anewAfterMs: SIGN_ANEW_MS, ...keepingOf({ env }) }).catch((error: unknown) =>
      logger.error({ err: error }, 'the audit log was not signed'),
    );
  const timer = setInterval(() => void sign(), SIGN_EVERY_MS);
  closers.add('audit signer', async () => {
    clearInterval(timer);
    await sign();
  });
}
