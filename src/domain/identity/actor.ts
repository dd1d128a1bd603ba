/** Who acts, as far as it is known, and what of them. Pure. */

/** `viewer` reads; `operator` runs rollouts; `approver` lets them go on where a plan or the judge asks; `admin` may all. */
export const ROLES = ['viewer', 'operator', 'approver', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export interface Actor {
  readonly by: string;
  /** `key`: by a signature with the operator's key; `oidc`: by a token, attested by the api process; null: claimed. */
  readonly verifiedBy: 'key' | 'oidc' | null;
  /** What was verified: the public key, or issuer and subject of the token; null: nothing was. */
  readonly subject: string | null;
  readonly groups: readonly string[];
  /** On the rollout at hand. */
  readonly roles: readonly Role[];
}

/** What a person wants to do, and to which rollout. */
export interface ActRequest {
  readonly act: string;
  /** Of the plan. */
  readonly action: string;
  /** Ids of all queues that the rollout is confined to; empty: any. */
  readonly queues: readonly string[];
  readonly by: string;
}

export type Authorisation =
  | { readonly ok: true; readonly actor: Actor }
  /** One sentence with what was seen and the way out; `actor`: whoever was proven to ask, and may not. */
  | { readonly ok: false; readonly refusal: string; readonly actor?: Actor };

/** Beside a name: nobody proved to be that. */
export const CLAIMED = 'claimed, not verified';
