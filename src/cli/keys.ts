/** Keys of `watch`: each act is asked for, with a reason, and confirmed, before it is sent as its verb would send it. */
import type { Configurator } from '../configurator.ts';
import type { RolloutView } from '../configurator/rollouts.ts';
import type { Act } from '../domain/rollout/acts.ts';
import { reasonProblem } from '../domain/rollout/actor.ts';
import { shownNumbers } from '../domain/rollout/shown.ts';
import type { Deps } from './deps.ts';
import { shownLine } from './deps.ts';
import { describeError } from './errors.ts';
import type { Screen } from './screen.ts';
import { createPaint } from './view/paint.ts';
import { percent, shownText } from './view/units.ts';

const KEYS: ReadonlyMap<string, Act> = new Map([
  ['p', 'pause'],
  ['r', 'resume'],
  ['a', 'approve'],
  ['x', 'abort'],
]);
const LEAVE = 'q';

export interface Keys {
  /** What stands below the view; nothing where nobody can press a key. */
  under(view: RolloutView): readonly string[];
  /** Somebody is asked: nothing may be drawn meanwhile. */
  asks(): boolean;
  /** Whatever is asked has been answered. */
  answered(): Promise<void>;
  close(): void;
}

interface Watched {
  readonly action: string;
  readonly screen: Screen;
  /** As it was drawn last. */
  readonly current: () => RolloutView | null;
  readonly leave: () => void;
}

export function listenToKeys(deps: Deps, configurator: Configurator, watched: Watched): Keys {
  const { keys, ask } = deps;
  if (keys === null || ask === null) return NO_KEYS;
  const paint = createPaint(deps.out.color);
  let said: string | null = null;
  let asking: Promise<void> | null = null;
  let stop = keys(heard);

  function heard(key: string): void {
    const view = watched.current();
    if (key === LEAVE) watched.leave();
    const act = KEYS.get(key);
    if (act === undefined || view === null || asking !== null) return;
    if (!view.status.canDo.includes(act)) {
      said = paint('warn', `${act} is not possible now.`);
      return;
    }
    asking = actAsked(act, view).finally(() => {
      asking = null;
    });
  }

  async function actAsked(act: Act, view: RolloutView): Promise<void> {
    stop();
    watched.screen.clear();
    said = await askAndAct(deps, configurator, { act, action: watched.action, view }).catch((error: unknown) => {
      const { message, remedy } = describeError(error);
      return paint('bad', `${message}${remedy === null ? '' : ` ${remedy}`}`);
    });
    stop = keys?.(heard) ?? stop;
  }

  return {
    under: ({ status }) => [
      ...(said === null ? [] : [said]),
      paint('dim', `keys: ${keysText(status.canDo)}${LEAVE} leave (the rollout goes on)`),
    ],
    asks: () => asking !== null,
    answered: async () => asking ?? undefined,
    close: () => stop(),
  };
}

const NO_KEYS: Keys = {
  under: () => [],
  asks: () => false,
  answered: () => Promise.resolve(),
  close: () => undefined,
};

function keysText(canDo: readonly string[]): string {
  return [...KEYS].flatMap(([key, act]) => (canDo.includes(act) ? [`${key} ${act}  `] : [])).join('');
}

interface Asked {
  readonly act: Act;
  readonly action: string;
  readonly view: RolloutView;
}

/** What is said of it afterwards. It names the pause and the step that were shown, so that what came since refuses it. */
async function askAndAct(
  { ask, out, user }: Deps,
  configurator: Configurator,
  { act, action, view: { status, runId } }: Asked,
): Promise<string> {
  const nothing = `Nothing was done: no ${act}.`;
  out.stderr(
    `${shownLine(`To ${act} ${status.action} ${status.version} (${status.phase}, split ${percent(status.splitPercent, 2)}), as ${user}.`)}\n`,
  );
  const reason = (await ask?.('Why? It stands in the audit log (empty: do nothing): '))?.trim() ?? '';
  if (reason === '') return nothing;
  const unfit = reasonProblem(reason);
  if (unfit !== null) return `${unfit} ${nothing}`;
  const [expected, isWhat] = act === 'abort' ? [action, "the action's name"] : ['y', 'y'];
  const typed = (await ask?.(`Type ${isWhat} to ${act} it: `))?.trim();
  if (typed !== expected) return nothing;
  const numbers = shownNumbers(act, status);
  const result = await configurator.act(act, action, { by: user, reason, ...numbers }, runId);
  return result.delivered === 'applied'
    ? `${act}: accepted (${shownText(reason)}).${wentOn(status, result.status)}`
    : `${act}: stored; it takes effect as soon as a worker runs.`;
}

/** Nothing is drawn while somebody is asked, and the rollout goes on meanwhile. */
function wentOn(shown: Where, now: Where): string {
  const [then, here] = [whereText(shown), whereText(now)];
  return then === here ? '' : ` It took effect at ${here}: you were shown ${then}.`;
}

type Where = Pick<RolloutView['status'], 'steps' | 'splitPercent'>;

function whereText({ steps, splitPercent }: Where): string {
  const at = steps.findIndex(({ state }) => state === 'running');
  return `${at < 0 ? '' : `step ${at + 1}, `}${percent(splitPercent, 2)}`;
}
