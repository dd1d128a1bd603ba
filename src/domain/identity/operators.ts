/** Who may act in this installation: `operators.yaml`, read. */
import type { Role } from './actor.ts';

/** Roles, and where they hold; a list that is absent leaves nothing out. */
export interface Grant {
  readonly roles: readonly Role[];
  /** Names of actions; `*` stands for any run of characters. */
  readonly actions?: readonly string[];
  /** Ids of queues. */
  readonly queues?: readonly string[];
  /** Names under `divisions`. */
  readonly divisions?: readonly string[];
}

export interface Operator {
  readonly name: string;
  /** Ed25519, base64url; a second one while the first is replaced. */
  readonly keys: readonly string[];
  readonly groups: readonly string[];
  readonly grants: readonly Grant[];
  /** The same person at identity providers. */
  readonly oidc: readonly { readonly issuer: string; readonly subject: string }[];
}

/** Whose ID or access tokens the api process takes. */
export interface Issuer {
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly subjectClaim: string;
  readonly groupsClaim: string;
  /** Put before the subject, so that two issuers cannot name the same person. */
  readonly prefix: string;
  /** Every one must be there and match; `*` stands for any run of characters. For tokens of a CI. */
  readonly claims: Readonly<Record<string, string>>;
  /** Groups of whoever has such a subject; `*` stands for any run of characters. */
  readonly subjects: readonly { readonly subject: string; readonly groups: readonly string[] }[];
  /** How people sign in there; absent: they do not, it is that of a CI. */
  readonly login?: {
    /** A public client: it has no secret. */
    readonly clientId: string;
    readonly scopes: readonly string[];
    /** Which of the two tokens says who they are. */
    readonly token: 'id' | 'access';
  };
  /** Of everybody with such a token. */
  readonly grants: readonly Grant[];
}

/** A process of ours that verifies tokens, and says whose they were under its own key. */
export interface Attestor {
  readonly name: string;
  readonly keys: readonly string[];
}

export interface Operators {
  readonly operators: readonly Operator[];
  readonly groups: Readonly<Record<string, readonly Grant[]>>;
  /** Ids of the queues of each. */
  readonly divisions: Readonly<Record<string, readonly string[]>>;
  readonly issuers: readonly Issuer[];
  readonly attestors: readonly Attestor[];
}
