import { didYouMean } from '../../plan/did-you-mean.ts';
import type { Problem } from '../../plan/plan.ts';
import { problemAt } from '../../plan/problem.ts';
import type { Check } from '../check.ts';
import { BROWSERS, FEATURES } from '../features.ts';
import type { BrowserVersions } from '../features.ts';

/** Every required feature must be in the oldest browser of each kind that agents use. */
export const browserSupport: Check = ({ plan, settings }) =>
  plan.action.ui.requiredFeatures.flatMap((feature, index) => {
    const path = `action.ui.requiredFeatures.${index}`;
    const first = Object.hasOwn(FEATURES, feature) ? FEATURES[feature] : undefined;
    return first === undefined ? [unknownFeature(path, feature)] : unsupported(path, feature, first, settings.minBrowsers);
  });

/** Is version a earlier than b? Part by part as numbers: 14.9 is earlier than 14.10. */
export function isEarlier(a: string, b: string): boolean {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function unsupported(path: string, feature: string, first: BrowserVersions, oldest: BrowserVersions): Problem[] {
  const lacking = BROWSERS.filter((browser) => isEarlier(oldest[browser], first[browser]));
  return lacking.map((browser) => problemAt(path, {
    code: 'compat-unsupported',
    message: `${feature} came with ${browser} ${first[browser]}, but agents may have ${browser} ${oldest[browser]}.`,
    remedy: `Do without ${feature}, or raise the oldest supported ${browser} to ${first[browser]}.`,
  }));
}

function unknownFeature(path: string, feature: string): Problem {
  return problemAt(path, {
    code: 'compat-unknown-feature',
    message: `"${feature}" is not a feature whose browser support is known here.`,
    remedy: didYouMean(feature, Object.keys(FEATURES).sort()),
  });
}
