/** Who looks at the console, and as whom they act. */
import type { Configurator } from '../configurator.ts';

export interface Viewer {
  /** As the audit log names them; null: nobody has signed in. */
  readonly name: string | null;
  /** Whose requests and streams are counted together. */
  readonly countedAs: string;
  /** When the session ends; null: it has no end. */
  readonly untilMs: number | null;
  /** Goes with every form of theirs. */
  readonly formToken: string;
  /** What they do is signed for them; null: they may only look. */
  readonly engine: Configurator | null;
  /** Why they may not, as far as it is known here; the worker judges again. */
  refusalOf(act: string, action: string): string | null;
}

export interface Viewers {
  /** By the session's cookie. Null: there is none, or not any more, and nobody looks without one. */
  of(session: string | undefined, address: string): Promise<Viewer | null>;
}

/** Nobody tells them apart but by where they call from; they look, and `why` they do no more. */
export function anybody(address: string, why: string): Viewer {
  return {
    name: null,
    countedAs: `address ${address}`,
    untilMs: null,
    formToken: '',
    engine: null,
    refusalOf: (act) => (act === 'view' ? null : why),
  };
}

/** `dev`: whoever reaches this machine's loopback is the person who started it, as with the command line. */
export function localViewers(engine: Configurator, name: string, formToken: string): Viewers {
  const viewer: Viewer = {
    name,
    countedAs: 'local',
    untilMs: null,
    formToken,
    engine,
    refusalOf: () => null,
  };
  return { of: async () => viewer };
}
