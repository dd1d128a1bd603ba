/** Where the views of a rollout go while it runs. */
import { createLogUpdate } from 'log-update';
import type { RolloutView } from '../configurator/rollouts.ts';
import { printJson, printLines, shownLine } from './deps.ts';
import type { Deps, Output } from './deps.ts';
import { clipFrame } from './view/clip.ts';
import { handLines, outcomeLines, todoLines, waitingLine } from './view/end-view.ts';
import { createPaint } from './view/paint.ts';
import { progressLine } from './view/progress-line.ts';
import { rolloutLines } from './view/rollout-view.ts';
import { shownText } from './view/units.ts';

export interface Screen {
  /** `under`: what stands below it, where the view is redrawn in place. */
  show(view: RolloutView, under?: readonly string[]): void;
  /** Makes room for a question. */
  clear(): void;
  end(view: RolloutView): void;
}

type Place = Pick<Deps, 'out' | 'now' | 'zone'>;

/** JSON lines, a view redrawn in place, or plain lines: whatever the reader of stdout can take. */
export function createScreen(deps: Place, json: boolean): Screen {
  if (json) return jsonScreen(deps.out);
  return deps.out.isTTY ? liveScreen(deps) : plainScreen(deps.out);
}

function jsonScreen(out: Output): Screen {
  return {
    show: (view) => printJson(out, { kind: 'progress', ...view }),
    clear: () => undefined,
    end: (view) => printJson(out, { kind: 'rollout', ...view }),
  };
}

/** Redrawn in place. */
function liveScreen({ out, now, zone }: Place): Screen {
  const paint = createPaint(out.color);
  const update = createLogUpdate(process.stdout);
  const clean = out.clean ?? ((text: string) => text);
  return {
    show(view, under = []) {
      const { columns, rows } = terminalSize();
      // The last column and row are left free: a terminal breaks or scrolls there.
      const room = { columns: columns - 1, rows: Math.max(MIN_ROWS, rows - 1 - under.length) };
      const lines = rolloutLines(view, { paint, now: now(), zone, ...room }).map(shownLine);
      const frame = [...clipFrame(lines, { columns, rows: room.rows + 1 }), ...under.map(shownLine)];
      update(clean(clipFrame(frame, { columns, rows }).join('\n')));
    },
    clear: () => update.clear(),
    // The frame is cut to the height of the terminal; what stays behind is not.
    end(view) {
      update.clear();
      update.done();
      printLines(out, rolloutLines(view, { paint, now: now(), zone, columns: terminalSize().columns }));
    },
  };
}

const MIN_ROWS = 3;

function terminalSize(): { columns: number; rows: number } {
  return { columns: process.stdout.columns || 80, rows: process.stdout.rows || 24 };
}

/** A line whenever something is new. */
function plainScreen(out: Output): Screen {
  const paint = createPaint(false);
  let last = '';
  return {
    show(view) {
      const line = progressLine(view);
      if (line !== last) printLines(out, [line]);
      last = line;
    },
    clear: () => undefined,
    end(view) {
      const { status } = view;
      printLines(out, status.outcome === null ? openLines(view) : outcomeLines(status, paint));
    },
  };
}

function openLines({ status, lost }: RolloutView): string[] {
  return [
    `${status.phase}: ${shownText(status.reason)}`,
    ...(lost === null ? [] : [waitingLine({ status, lost })]),
    ...handLines(status, createPaint(false)),
    ...todoLines(status),
    ...(status.canDo.length === 0 ? [] : [`you can: ${status.canDo.join(', ')}`]),
  ];
}
