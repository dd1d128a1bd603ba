/** Sessions of people who signed in: sealed into their cookie, so that any console process behind a balancer knows them. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Configurator } from '../configurator.ts';
import { attestedPerson } from '../configurator/attested.ts';
import type { Attestable } from '../configurator/attested.ts';
import { createSeal } from '../http/seal.ts';
import type { ActorKey } from '../identity/key.ts';
import type { OperatorsSource } from '../identity/operators-file.ts';
import { createRemembered } from './remembered.ts';
import { anybody } from './viewer.ts';
import type { Viewers } from './viewer.ts';

/** A working day. Whoever is taken out of operators.yaml is out at once; what an identity provider takes away, then. */
const SESSION_MS = 8 * 3_600_000;

export interface SessionsDeps {
  readonly operators: OperatorsSource;
  readonly attestor: ActorKey;
  readonly engine: Configurator;
  /** The first seals, all open. */
  readonly secrets: readonly string[];
  readonly now: () => number;
  /** May be looked at by whoever reaches it. */
  readonly isOpen: boolean;
}

export interface Sessions extends Viewers {
  open(person: Attestable, untilMs?: number): { readonly sealed: string; readonly ms: number };
  /** It opens nothing any more, here; elsewhere it ends by itself. */
  end(session: string | undefined): void;
}

const personSchema = z.union([
  z.strictObject({ kind: z.literal('oidc'), issuer: z.string(), subject: z.string(), groups: z.array(z.string()) }),
  z.strictObject({ kind: z.literal('key'), key: z.string(), delegation: z.string() }),
]);
const sessionSchema = z.tuple([z.string(), z.number(), personSchema]);

export function createSessions(deps: SessionsDeps): Sessions {
  const { operators, attestor, engine, secrets, now, isOpen } = deps;
  const seal = createSeal(secrets, 'console session');
  const forms = createSeal(secrets, 'console form');
  const ended = createRemembered(now);
  const read = (sealed: string | undefined): z.output<typeof sessionSchema> | null => {
    const text = sealed === undefined ? null : seal.open(sealed);
    if (text === null) return null;
    const session = sessionSchema.parse(JSON.parse(text));
    return session[1] <= now() || ended.has(session[0]) ? null : session;
  };
  return {
    open(person, untilMs = Infinity) {
      const endsAtMs = Math.min(untilMs, now() + SESSION_MS);
      return { sealed: seal.seal(JSON.stringify([randomUUID(), endsAtMs, person])), ms: endsAtMs - now() };
    },
    end(sealed) {
      const session = read(sealed);
      if (session !== null) ended.add(session[0], session[1]);
    },
    async of(sealed, address) {
      const session = read(sealed);
      const person = session === null ? null : attestedPerson(await operators.now(), attestor, session[2]);
      if (session === null || person === null || typeof person === 'string')
        return isOpen ? anybody(address, 'you have not signed in.') : null;
      return {
        name: person.name,
        countedAs: person.subject,
        untilMs: session[1],
        formToken: forms.seal(session[0]),
        engine: engine.actingFor(person.signer),
        refusalOf: (act, action) => person.refusalOf(act, action),
      };
    },
  };
}
