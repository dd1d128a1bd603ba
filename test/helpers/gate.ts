/** What holds an activity of a test back, however long that takes. */
import { Context } from '@temporalio/activity';
import type { ScriptedOrganisation } from './rollout-harness.ts';

export interface Gate {
  /** Within an activity: hangs until the gate is open. It is alive meanwhile, so that no other attempt is begun beside it. */
  passed(): Promise<void>;
  open(): void;
}

/** Of the shortest time after which an attempt without a sign of life is given up, a tenth. */
const BEAT_MS = 500;

export function closedGate(): Gate {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    passed() {
      const context = Context.current();
      const beats = setInterval(() => context.heartbeat(), BEAT_MS);
      return opened.finally(() => clearInterval(beats));
    },
    open: () => open(),
  };
}

/** The activity hangs until released. */
export function hang(org: ScriptedOrganisation, activity: string): () => void {
  const gate = closedGate();
  org.before = (name) => (name === activity ? gate.passed() : Promise.resolve());
  return () => gate.open();
}
