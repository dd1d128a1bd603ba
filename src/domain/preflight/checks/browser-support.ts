import { didYouMean } from '../../plan/did-you-mean.ts';
import type { Problem } from '../../plan/problem.ts';
import { problemAt } from '../../plan/problem.ts';
import type { Check } from '../check.ts';
import { FEATURE_NAMES, namedFeature } from '../compat/data.ts';
import type { BrowserMatrix, BrowserVersions } from '../compat/versions.ts';
import { lacking, lackText, upgradeText } from '../compat/versions.ts';

/** Every required feature must be in the oldest browser of each kind that agents use. */
export const browserSupport: Check = ({ plan, settings }) =>
  plan.action.ui.requiredFeatures.flatMap((feature, index) => {
    const path = `action.ui.requiredFeatures.${index}`;
    const first = namedFeature(feature);
    return first === undefined
      ? [unknownFeature(path, feature)]
      : unsupported(path, feature, first, settings.minBrowsers);
  });

function unsupported(path: string, feature: string, first: BrowserVersions, matrix: BrowserMatrix): Problem[] {
  const lacks = lacking(first, matrix);
  if (lacks.length === 0) return [];
  const upgrade = upgradeText(lacks);
  return [
    problemAt(path, {
      code: 'compat-unsupported',
      message: `${feature} is missing in ${lackText(lacks)}.`,
      remedy: `Do without ${feature}${upgrade === null ? '' : `, or raise the oldest browsers to ${upgrade}`}.`,
    }),
  ];
}

function unknownFeature(path: string, feature: string): Problem {
  return problemAt(path, {
    code: 'compat-unknown-feature',
    message: `"${feature}" is not a feature whose browser support is known here.`,
    remedy: didYouMean(feature, FEATURE_NAMES),
  });
}
