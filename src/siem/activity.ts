/** Which activity of OCSF's Entity Management an act is, and how much it matters. */
import type { SiemRecord } from './record.ts';

export interface Activity {
  readonly id: number;
  readonly name: string;
  /** 1 informational, 2 low, 3 medium, 4 high. */
  readonly severity: 1 | 2 | 3 | 4;
}

const CREATE = { id: 1, name: 'Create', severity: 1 } as const;
const UPDATE = { id: 3, name: 'Update', severity: 1 } as const;
const DELETE = { id: 4, name: 'Delete', severity: 2 } as const;
const ENABLE = { id: 8, name: 'Enable', severity: 1 } as const;
const DISABLE = { id: 9, name: 'Disable', severity: 2 } as const;
const ACTIVATE = { id: 10, name: 'Activate', severity: 1 } as const;
const DEACTIVATE = { id: 11, name: 'Deactivate', severity: 3 } as const;
const SUSPEND = { id: 12, name: 'Suspend', severity: 2 } as const;
const RESUME = { id: 13, name: 'Resume', severity: 1 } as const;

const BY_ACT: Readonly<Record<string, Activity>> = {
  validating: CREATE,
  deploying: ACTIVATE,
  splitProven: UPDATE,
  baking: UPDATE,
  advance: UPDATE,
  promote: UPDATE,
  promoting: UPDATE,
  promoted: ENABLE,
  rejected: DISABLE,
  abort: DEACTIVATE,
  rollingBack: DEACTIVATE,
  rolledBack: DEACTIVATE,
  pause: SUSPEND,
  paused: SUSPEND,
  held: SUSPEND,
  resume: RESUME,
  retention: DELETE,
  needsAttention: { id: 99, name: 'needsAttention', severity: 4 },
};

export function activityOf({ act, phase }: SiemRecord): Activity {
  const known = lookUp(act === 'ended' ? (phase ?? act) : act);
  return known ?? { id: 99, name: act === '' ? 'unnamed' : act, severity: 1 };
}

function lookUp(act: string): Activity | undefined {
  return Object.hasOwn(BY_ACT, act) ? BY_ACT[act] : undefined;
}
