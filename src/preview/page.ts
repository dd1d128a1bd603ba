/** The page that shows both versions side by side, in every arrangement. */
import type { CardVersion } from '../domain/plan/plan.ts';
import type { Problem } from '../domain/plan/problem.ts';
import type { ContentPolicy } from '../domain/preflight/content-policy.ts';
import type { Arrangement } from './arrangements.ts';
import { arrangements, DESKTOP } from './arrangements.ts';
import { cardFrame, escapeHtml, policyText } from './card-frame.ts';

export interface PreviewInput {
  readonly candidate: CardVersion;
  readonly baseline: CardVersion | null;
  readonly policy: ContentPolicy;
  readonly problems: readonly Problem[];
}

/** Pictures of an arrangement, by file name. */
export interface Shot {
  readonly position: string;
  readonly size: string;
  readonly candidate: string;
  readonly baseline: string | null;
  readonly difference: { readonly file: string; readonly pixels: number; readonly percent: number } | null;
}

export function previewPage(input: PreviewInput, shots: readonly Shot[]): string {
  const { candidate, baseline } = input;
  const title = `${candidate.name} ${baseline === null ? '' : `${baseline.version} → `}${candidate.version}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body><h1>${escapeHtml(title)}</h1>
<p>Nothing of a card runs here. It is shown under the policy <code>${escapeHtml(policyText(input.policy))}</code>.</p>
${problemList(input.problems)}
${arrangements(candidate.ui)
  .map((arrangement) => row(input, arrangement, shots))
  .join('\n')}
</body></html>
`;
}

/** One desktop with a card on it, at its real size; also what pictures are taken of. */
function desktop(action: CardVersion, policy: ContentPolicy, { card, position, size }: Arrangement): string {
  const place = `left:${card.left}px;top:${card.top}px;width:${card.width}px;height:${card.height}px`;
  const frame = cardFrame(action.html, policy, `${action.name} ${action.version}, ${size}, ${position}`);
  return (
    '<div class="desktop"><div class="conversation">Conversation</div>' +
    `<div class="card" style="${place}">${frame}</div></div>`
  );
}

/** A page with one desktop and nothing around it. */
export function desktopPage(action: CardVersion, policy: ContentPolicy, arrangement: Arrangement): string {
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><style>${STYLE} body { margin: 0 } .desktop { ` +
    `border: 0 }</style></head><body>${desktop(action, policy, arrangement)}</body></html>`
  );
}

const STYLE = `body { font: 14px/1.4 system-ui, sans-serif; margin: 24px; color: #222; background: #fff }
section { margin: 32px 0 } .pair { display: flex; flex-wrap: wrap; gap: 24px }
figure { margin: 0 } figcaption { padding: 4px 0 }
.scaled { width: ${DESKTOP.width / 2}px; height: ${DESKTOP.height / 2}px; overflow: hidden }
.scaled > .desktop { transform: scale(.5); transform-origin: 0 0 }
.desktop { position: relative; width: ${DESKTOP.width}px; height: ${DESKTOP.height}px; background: #eef0f2;
  outline: 1px solid #b8bec4 }
.conversation { position: absolute; inset: 0; display: grid; place-items: center; color: #6a737b; font-size: 28px }
.card { position: absolute; background: #fff; outline: 1px solid #7a858f }
iframe { border: 0; width: 100%; height: 100% }
.own { background: #f4f8ff; padding: 16px; margin: 16px -16px } li.error { color: #a11 }`;

function row(input: PreviewInput, arrangement: Arrangement, shots: readonly Shot[]): string {
  const { candidate, baseline, policy } = input;
  const { position, size } = arrangement;
  const isOwn = position === candidate.ui.position && size === candidate.ui.size;
  const shot = shots.find((one) => one.position === position && one.size === size);
  const versions = [
    ...(baseline === null ? [] : [{ action: baseline, as: 'baseline' }]),
    { action: candidate, as: 'candidate' },
  ];
  const figures = versions.map(
    ({ action, as }) =>
      `<figure><div class="scaled">${desktop(action, policy, arrangement)}</div><figcaption>${as} ` +
      `${escapeHtml(action.version)}</figcaption></figure>`,
  );
  return (
    `<section${isOwn ? ' class="own"' : ''}><h2>${position}, ` +
    `${size}${isOwn ? ': as the plan has it' : ''}</h2><div ` +
    `class="pair">${figures.join('')}${differenceFigure(shot)}</div></section>`
  );
}

function differenceFigure(shot: Shot | undefined): string {
  if (!shot?.difference) return '';
  const { file, pixels, percent } = shot.difference;
  return (
    `<figure><img src="${escapeHtml(file)}" width="${DESKTOP.width / 2}" height="${DESKTOP.height / 2}" ` +
    `alt="pixels that differ"><figcaption>${pixels} pixels differ (${percent.toFixed(2)} %)</figcaption></figure>`
  );
}

function problemList(problems: readonly Problem[]): string {
  if (problems.length === 0) return '<p>The preflight found nothing.</p>';
  const items = problems.map(
    ({ severity, code, message, line, column }) =>
      `<li class="${severity}"><code>${escapeHtml(code)}</code> ` +
      `${line === undefined ? '' : `${line}:${column ?? 1} `}${escapeHtml(message)}</li>`,
  );
  return `<ul>${items.join('')}</ul>`;
}
