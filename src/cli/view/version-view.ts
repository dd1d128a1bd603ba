/** A version of the registry on a terminal. */
import { secondText } from '../../domain/text/instant.ts';
import { countsText } from '../../domain/judge/report/arm-names.ts';
import { aboutLines } from '../../domain/plan/about.ts';
import { isCard } from '../../domain/plan/plan.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { stepLabel } from '../../domain/plan/steps/steps.ts';
import { proofText } from '../../domain/registry/choose-undo.ts';
import type { RegisteredVersion } from '../../domain/registry/question.ts';
import { armLabel } from '../../domain/rollout/deployment.ts';
import { oneLine } from '../../domain/text/printable.ts';
import type { Paint } from './paint.ts';
import { table } from './table.ts';
import { shownText } from './units.ts';

export function versionLines(found: RegisteredVersion, paint: Paint): string[] {
  const { action, version, outcome, phase, deployment, proof, contentSha256, reason, plan } = found;
  return [
    `${paint('bold', `${action} v${version}`)}  ${outcome ?? phase}`,
    `started ${secondText(found.startedAt)} by ${shownText(found.startedBy)} (${found.verifiedBy ?? 'claimed, not verified'})` +
      (found.endedAt === null ? '' : `, ended ${secondText(found.endedAt)}`),
    ...aboutLines(plan ?? {}).map(shownText),
    `rollout ${found.rolloutId}${deployment === null ? '' : `, against ${armLabel(deployment.baseline)}`}`,
    proof === null ? 'never proven' : proofText({ version, proof }),
    ...(reason === '' ? [] : [`why: ${shownText(oneLine(reason))}`]),
    '',
    ...evidenceLines(found),
    ...actLines(found),
    ...(plan === null ? ['no plan: it was started before there was a registry'] : planLines(plan)),
    ...(contentSha256 === null ? [] : [`content sha256 ${contentSha256}`]),
  ];
}

function evidenceLines({ report, safety }: RegisteredVersion): string[] {
  return [
    ...(report === null
      ? ['nothing was judged']
      : [
          `verdict: ${report.verdict} on ${countsText(report)}`,
          ...report.guardrails.map((row) => `  ${row.sentence}`),
        ]),
    ...(safety === null
      ? []
      : [`${safety.provenByReadBack ? 'read back' : 'NOT proven by a read-back'} at ${safety.provenAt}`]),
    '',
  ];
}

function actLines({ acts }: RegisteredVersion): string[] {
  if (acts.length === 0) return ['nobody acted on it', ''];
  return [
    ...table(
      [{ title: 'at' }, { title: 'who' }, { title: 'act' }, { title: 'why' }],
      acts.map(({ at, actor, verifiedBy, act, reason }) => [
        secondText(at),
        `${shownText(actor)}${verifiedBy === undefined ? '' : ` (${verifiedBy ?? 'claimed'})`}`,
        act,
        shownText(oneLine(reason)),
      ]),
    ),
    '',
  ];
}

function planLines({ action, target, steps }: Plan): string[] {
  const card = isCard(action)
    ? [
        `card: ${action.ui.size} on the ${action.ui.position}, ${Buffer.byteLength(action.html)} bytes of html (--html); ` +
          `surfaces on ${action.trigger.keywords.map((word) => shownText(word)).join(', ')}`,
      ]
    : [];
  return [`plan (--plan), on ${target.kind}:`, ...steps.map((step, at) => `  ${at + 1}. ${stepLabel(step)}`), ...card];
}
