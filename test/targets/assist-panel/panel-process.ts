/** As much of a panel process as the proof asks for: it applies what it reads, and confirms it by its lease. */
import { randomUUID } from 'node:crypto';
import type { Database } from '../../../src/store/database.ts';
import { endInstance, renewInstance } from '../../../src/store/panel/instances.ts';

export interface PanelProcess {
  readonly id: string;
  /** Goes on renewing, and applies nothing more. */
  hang(): void;
  /** Says and does nothing any more; its lease goes on. */
  kill(): Promise<void>;
  end(): Promise<void>;
}

export async function startPanelProcess(db: Database): Promise<PanelProcess> {
  const id = randomUUID();
  let [applied, isHanging] = [0, false];
  const renew = async (): Promise<void> => {
    const { epoch } = await renewInstance(db, { id, epoch: applied });
    if (isHanging || epoch === applied) return;
    applied = epoch;
    await renewInstance(db, { id, epoch: applied });
  };
  let going = renew();
  await going;
  const timer = setInterval(() => {
    going = going.then(renew);
  }, 50);
  const stop = async (): Promise<void> => {
    clearInterval(timer);
    await going;
  };
  return {
    id,
    hang: () => {
      isHanging = true;
    },
    kill: stop,
    end: async () => {
      await stop();
      await endInstance(db, id);
    },
  };
}
