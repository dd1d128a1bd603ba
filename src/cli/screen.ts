/** Where the views of a rollout go while it runs. */
import { createLogUpdate } from 'log-update';
import type { RolloutView } from '../configurator/rollouts.ts';
import { printJson, printLines, shownLine } from './deps.ts';
import type { Deps, Output } from './deps.ts';
import { clipFrame } from './view/clip.ts';
import { createPaint } from './view/paint.ts';
import { progressLine } from './view/progress-line.ts';
import { outcomeLines, rolloutLines, waitingLine } from './view/rollout-view.ts';
import { shownText } from './view/units.ts';

export interface Screen {
  show(view: RolloutView): void;
  end(view: RolloutView): void;
}

/** JSON lines, a view redrawn in place, or plain lines: whatever the reader of stdout can take. */
export function createScreen({ out, now }: Pick<Deps, 'out' | 'now'>, json: boolean): Screen {
  if (json) return jsonScreen(out);
  return out.isTTY ? liveScreen(out, now) : plainScreen(out);
}

function jsonScreen(out: Output): Screen {
  return {
    show: (view) => printJson(out, { kind: 'progress', ...view }),
    end: (view) => printJson(out, { kind: 'rollout', ...view }),
  };
}

/** Redrawn in place. */
function liveScreen(out: Output, now: () => number): Screen {
  const paint = createPaint(out.color);
  const update = createLogUpdate(process.stdout);
  const clean = out.clean ?? ((text: string) => text);
  return {
    show: (view) =>
      update(clean(clipFrame(rolloutLines(view, { paint, now: now() }).map(shownLine), terminalSize()).join('\n'))),
    // The frame is cut to the height of the terminal; what stays behind is not.
    end(view) {
      update.clear();
      update.done();
      printLines(out, rolloutLines(view, { paint, now: now() }));
    },
  };
}

function terminalSize(): { columns: number; rows: number } {
  return { columns: process.stdout.columns ?? 80, rows: process.stdout.rows ?? 24 };
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
    ...(status.canDo.length === 0 ? [] : [`you can: ${status.canDo.join(', ')}`]),
  ];
}
