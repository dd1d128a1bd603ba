/** Of one rollout: the verdict in a sentence, what is waited for, and the split. */
import { VERDICT_TONES } from '../../domain/rollout/tone.ts';
import { html } from 'hono/html';
import type { JudgeReport } from '../../domain/judge/types.ts';
import { countsText } from '../../domain/judge/report/arm-names.ts';
import { bakeConditions, bakeShare } from '../../domain/rollout/bake-progress.ts';
import { budgetText } from '../../domain/rollout/card-budget.ts';
import { armLabel } from '../../domain/rollout/deployment.ts';
import { endText, timeToSafetyText, timeToUndoText } from '../../domain/rollout/outcome-text.ts';
import type { Seen } from '../watch.ts';
import { asksPerson, links, told } from './attention.ts';
import { ofWhom, percentText, proseOf, timeOf, untilOf } from './markup.ts';
import type { Markup } from './markup.ts';
import { mark, phaseMark, toneOf } from './tones.ts';

type View = Seen['view'];

/** What an end was decided on stays what is shown of it. */
export function reportShown({ status, progress }: View): JudgeReport | null {
  return status.outcome === null ? (progress?.report ?? status.report) : status.report;
}

export function titleOf({ status }: View): Markup {
  const { action, version, deployment, baselineVersion } = status;
  const before =
    deployment === null ? baselineVersion : deployment.baseline === null ? 'no card' : deployment.baseline.version;
  const to = deployment !== null && deployment.candidate === null ? 'no card' : version;
  return html`${action} <span class="version">${before === null ? '' : `${before} → `}${to}</span>`;
}

export function statusPart({ view, trouble }: Seen, nowMs: number): Markup {
  const { status } = view;
  return html`<section id="status" aria-label="Where it stands">
    ${trouble === null ? '' : html`<p class="trouble">${trouble}</p>`}
    <p class="outcome">${phaseMark(status.phase, status.paused)}</p>
    <p id="verdict" class="verdict" aria-live="polite">${verdictSentence(view)}</p>
    ${status.description === undefined ? '' : html`<p>${status.description}</p>`}
    ${status.outcome === null ? open(view, nowMs) : over(view)}
    <p class="dim">
      Began
      ${timeOf(status.startedAt)}${status.endedAt === null ? '' : html`, ended ${timeOf(status.endedAt)}`}${
        status.deployment === null ? '' : `, against ${armLabel(status.deployment.baseline)}`
      }.
    </p>
  </section>`;
}

function verdictSentence(view: View): Markup {
  const { status, lost } = view;
  const report = reportShown(view);
  // How it ended stands above.
  if (status.outcome !== null) return proseOf(status.reason);
  // Why it is lost stands in the box.
  if (lost !== null) return html``;
  if (report === null) return html`Nothing is judged yet.`;
  // What a person decides, or what the organisation refuses, is another thing than what the judge says.
  return html`<span class="dim">judge:</span> ${mark(VERDICT_TONES[report.verdict], report.verdict)}:
    ${proseOf(report.reason)}`;
}

function over({ status }: View): Markup {
  const { outcome, safety } = status;
  return html`${outcome === 'rejected' ? '' : html`<p>${proseOf(endText(status))}</p>`}
  ${outcome === 'rolledBack' && safety !== null ? html`<p>${timeToSafetyText(safety)}</p>` : ''}
  ${outcome === 'undone' && safety !== null ? html`<p>${timeToUndoText(safety)}</p>` : ''} ${links(status)}`;
}

function open(view: View, nowMs: number): Markup {
  const { status, progress } = view;
  const report = reportShown(view);
  const asks = asksPerson(view) || view.lost !== null;
  return html`${
      asks
        ? html`<div class="alarm ${toneOf(status.phase) === 'bad' ? 'bad' : 'warn'}">
            ${told(view)}
            ${status.canDo.length === 0 ? '' : html`<p><a href="#acts">Possible now:</a> ${status.canDo.join(', ')}</p>`}
          </div>`
        : links(status)
    }
    <dl class="facts">
      ${status.byHand === undefined ? fact('Waits for', proseOf(status.waitingFor)) : ''}
      ${report === null ? '' : missing(view, report, nowMs)}
      ${
        status.deadline && !asks
          ? fact(
              'Time left',
              html`until ${untilOf(status.deadline.at)}: ${status.deadline.what}; then ${status.deadline.action}`,
            )
          : ''
      }
      ${fact('Split', splitText(view))} ${report === null ? '' : fact('Cards', countsText(report))}
      ${(progress?.budgets ?? []).map((budget) => fact('Harm budget', budgetText(budget)))}
      ${(status.overrides ?? []).map((one) => fact('Override', proseOf(one)))}
    </dl>`;
}

function fact(name: string, value: Markup | string): Markup {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

function splitText({ status, progress }: View): Markup {
  const { achievedPercent, splitPercent } = status;
  const observed = progress?.observedSplitPercent;
  const newest = [
    ['candidate', progress?.lastCandidateCardAt ?? null],
    ['baseline', progress?.lastBaselineCardAt ?? null],
  ] as const;
  return html`asked
  ${percentText(splitPercent, 2)}${ofWhom(status)}${achievedPercent === undefined ? '' : `, achieved ${percentText(achievedPercent, 2)}`}${
    progress === null || observed === undefined
      ? ''
      : observed === null
        ? ', observed – (cards are settling)'
        : `, observed ${percentText(observed)}`
  }${newest.map(([arm, at]) => (at === null ? '' : html`, newest ${arm} card ${timeOf(at)}`))}`;
}

/** Each condition of the bake at hand, and whether it is met. */
function missing({ status, progress }: View, report: JudgeReport, nowMs: number): Markup | '' {
  const bake = progress?.bake;
  if (bake === undefined) return '';
  const { openHours: hours, needed } = status;
  const share = bakeShare(bake, nowMs, hours);
  const all = bakeConditions(bake, report, { nowMs, hours, needed });
  const open = all.filter(({ met }) => !met);
  return html`<div>
    <dt>${open.length === 0 ? 'Nothing is missing' : 'Still missing'}</dt>
    <dd>
      <progress max="1" value="${share.toFixed(3)}" aria-label="Least time of the bake"></progress>
      <ul class="conditions">
        ${all.map(({ met, text }) => html`<li>${met ? mark('good', 'met:') : mark('warn', 'missing:')} ${text}</li>`)}
      </ul>
    </dd>
  </div>`;
}
