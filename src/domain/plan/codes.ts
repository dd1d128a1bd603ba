/** Every code that a plan or a card can be refused with; each has its section in docs/errors.md. */
export const PROBLEM_CODES = [
  'plan-file-missing', 'plan-file-unreadable', 'plan-file-too-large', 'plan-syntax', 'plan-tag', 'plan-alias', 'plan-empty', 'plan-html-missing', 'plan-html-outside',
  'plan-html-too-large',
  'plan-missing', 'plan-type', 'plan-value', 'plan-range', 'plan-unknown-field',
  'plan-name', 'plan-version', 'plan-html', 'plan-duration', 'plan-margin', 'plan-step', 'plan-split', 'plan-bake',
  'plan-drift', 'plan-holdback', 'plan-limit', 'plan-guardrail-direction', 'plan-guardrail-statistic', 'plan-guardrail-name', 'plan-guardrail-unit', 'plan-guardrail-levels', 'plan-guardrail-duplicate',
  'plan-guardrail-none', 'plan-alpha',
  'trigger-keyword-blank', 'trigger-keyword-duplicate', 'trigger-keyword-forms',
  'csp-inline-script', 'csp-inline-handler', 'csp-inline-style', 'csp-javascript-url', 'csp-source', 'csp-eval',
  'csp-string-timer', 'csp-document-write', 'csp-script-syntax', 'csp-iframe', 'csp-base', 'csp-meta-refresh',
  'csp-object', 'csp-data-url', 'csp-meta', 'csp-css', 'csp-shadow-root', 'csp-mutation', 'csp-unfinished',
  'csp-character', 'csp-charset', 'csp-complexity', 'csp-policy',
  'html-lost-text', 'html-quotes',
  'compat-unknown-feature', 'compat-unsupported', 'compat-html', 'compat-css', 'compat-javascript',
  'a11y-alt', 'a11y-heading-order', 'a11y-heading-empty', 'a11y-language', 'a11y-focus-order', 'a11y-empty-link', 'a11y-empty-button',
  'a11y-label', 'a11y-link-broken', 'a11y-link-host', 'a11y-placeholder', 'a11y-size', 'a11y-nesting', 'a11y-contrast',
] as const;

/** What only a look at the organisation tells. */
export const ORGANISATION_CODES = ['trigger-id-unknown', 'trigger-id-unchecked', 'trigger-differs'] as const;

/** What only who runs a rollout can tell: it is asked for in another way than a plan file is. */
export const START_CODES = ['plan-actor', 'plan-reason', 'plan-workflow-id'] as const;

/** Where a plan undercuts what its organisation asks of every plan. */
export const MINIMUM_CODES = [
  'minimum-guardrail', 'minimum-margin', 'minimum-alpha', 'minimum-first-split', 'minimum-approval', 'minimum-on-undecided', 'minimum-force',
] as const;

export type ProblemCode = (typeof PROBLEM_CODES)[number];
export type OrganisationCode = (typeof ORGANISATION_CODES)[number];
export type StartCode = (typeof START_CODES)[number];
export type MinimumCode = (typeof MINIMUM_CODES)[number];
