/** Acts leave here signed, where whoever acts has a key. */
import { ACT_LIFE_MS, proofProblem } from '../domain/identity/signed-act.ts';
import type { ActClaims } from '../domain/identity/signed-act.ts';
import type { ActorKey } from '../identity/key.ts';
import { signAct } from '../identity/sign.ts';
import { AssistError } from './errors.ts';

export interface ActSigner {
  readonly key: ActorKey;
  /** Of a process that has verified somebody's token: it acts for its holder. */
  readonly oidc?: ActClaims['oidc'];
  /** Of a process to which an operator has delegated, by their own key: it acts for them. */
  readonly delegation?: string;
  /** Absent: the machine's, which may be hours off. */
  readonly now?: () => number;
}

export interface SignedFor {
  readonly act: string;
  readonly by: string;
  readonly workflowId: string;
  /** Absent: of what has no run yet. */
  readonly runId?: string;
  readonly lifeMs?: number;
}

/** The content with an expiry (its own, if it has one) and a signature over all of it; as it is where nobody has a key. */
export function signed<Content extends object>(
  signer: ActSigner | null,
  { act, by, workflowId, runId, lifeMs = ACT_LIFE_MS }: SignedFor,
  content: Content,
): Content & { readonly expiresAt?: string; readonly signature?: string } {
  if (signer === null) return content;
  const { key, oidc, delegation, now = Date.now } = signer;
  if (oidc === undefined && delegation === undefined && key.name !== by) {
    throw new AssistError(
      'usage',
      `Cannot ${act}: --by is ${by}, and the key to sign it with is ${key.name}'s.`,
      `Leave --by out, or act with the key of ${by} (ASSIST_OPERATOR_KEY_FILE). Nothing was done.`,
    );
  }
  const { expiresAt } = content as { readonly expiresAt?: string };
  const unfit = proofProblem({ expiresAt });
  if (unfit !== null) throw new AssistError('usage', `Cannot ${act}: ${unfit}`, 'Nothing was done.');
  // Whole seconds, as the signature has them.
  const issuedAtMs = wholeSeconds(now());
  const expiresAtMs = expiresAt === undefined ? issuedAtMs + lifeMs : wholeSeconds(Date.parse(expiresAt));
  const whole = { ...content, expiresAt: new Date(expiresAtMs).toISOString() };
  const signature = signAct(key, {
    by,
    act,
    workflowId,
    ...(runId !== undefined && { runId }),
    content: whole,
    issuedAtMs,
    expiresAtMs,
    ...(oidc !== undefined && { oidc }),
    ...(delegation !== undefined && { delegation }),
  });
  return { ...whole, signature };
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}
