/** What the console is made of, as its routes share it. */
import type { IncomingMessage } from 'node:http';
import type { Payload } from '@temporalio/common';
import type { Context } from 'hono';
import type { Configurator } from '../configurator.ts';
import type { ContentPolicy } from '../domain/preflight/content-policy.ts';
import type { TellStory } from '../story/reports.ts';
import type { Board } from './board.ts';
import type { Cookies } from './cookies.ts';
import type { Origins } from './origin.ts';
import type { Plans } from './plans.ts';
import type { SignInDeps } from './sign-in.ts';
import type { Streams } from './stream.ts';
import type { Viewer, Viewers } from './viewer.ts';
import type { Examined } from './examination.ts';
import type { Watches } from './watch.ts';

export interface ConsoleLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface SealedHistories {
  /** Of the Web UI. */
  readonly origin: string;
  decode(payloads: Payload[]): Promise<Payload[]>;
}

export interface ConsoleAppDeps {
  readonly origins: Origins;
  readonly viewers: Viewers;
  /** Null: nobody signs in here. */
  readonly signIn: SignInDeps | null;
  readonly board: Board;
  readonly watches: Watches;
  readonly plans: Plans;
  /** What `doctor` finds here. */
  readonly examined: () => Promise<Examined>;
  /** What is on record. */
  readonly records: Pick<Configurator, 'history' | 'auditLines'>;
  /** What opens histories in cipher for the Web UI; null: nothing does here. */
  readonly histories: SealedHistories | null;
  /** Null: this process has no store. */
  readonly reports: TellStory | null;
  /** Markdown of docs/runbook.md. */
  readonly runbook: () => Promise<string>;
  /** Under which cards are shown. */
  readonly cardPolicy: ContentPolicy;
  readonly logger?: ConsoleLogger | undefined;
  readonly now: () => number;
  /** Monotonic. */
  readonly clock: () => number;
}

/** Whoever looks and may act. */
export type Actor = Viewer & { readonly name: string; readonly engine: NonNullable<Viewer['engine']> };

/** What the routes share. */
export interface Parts extends ConsoleAppDeps {
  readonly cookies: Cookies;
  readonly streams: Streams;
  /** Whoever looks; throws where nobody may without signing in, or one too often. */
  viewerOf(c: Context): Promise<Viewer>;
  /** Before anything of a form is read. */
  assertSignedIn(c: Context): Promise<void>;
  /** As viewerOf, for a form: it comes from a page of ours, which this viewer was shown. */
  actorOf(c: Context, token: string, what?: 'act' | 'look'): Promise<Actor>;
}

/** Behind a proxy all who have not signed in call from one address, and none of them is to lock out the others. */
export const STRANGERS_PER_MINUTE = 6_000;

export function addressOf(c: Context): string {
  const { incoming } = (c.env ?? {}) as { readonly incoming?: IncomingMessage };
  return incoming?.socket.remoteAddress ?? '';
}
