/**
 * The sandbox organisation as a process of its own: what the engine writes goes over a real network to a real server.
 */
import { AssistError } from '../configurator/errors.ts';
import type { Closers } from '../compose/closers.ts';
import { startVerbChild } from './verb-child.ts';

export interface SandboxChildOptions {
  /** The program's own script. */
  readonly script: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Called when it ends although nobody asked it to. */
  readonly onExit: (how: string) => void;
  readonly closers: Closers;
}

export interface SandboxChild {
  readonly url: string;
  readonly pid: number;
  /** May be called twice. */
  readonly close: () => Promise<void>;
}

export async function startSandboxChild(options: SandboxChildOptions): Promise<SandboxChild> {
  const failed = (how: string, lines: readonly string[]): Error =>
    new AssistError(
      'sandbox-failed',
      `The sandbox organisation did not start (${how}).${lines.length === 0 ? '' : `\n${lines.join('\n')}`}`,
      'Run `assist-rollouts sandbox` by itself to see why.',
    );
  const child = await startVerbChild({ ...options, verb: ['sandbox'], name: 'sandbox', failed });
  return { url: String(child.said['url']), pid: child.pid, close: child.close };
}
