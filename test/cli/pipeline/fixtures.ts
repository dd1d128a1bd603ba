/** A repository with one plan that serves, as a job of GitHub Actions or GitLab CI has it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Checkout } from '../../helpers/checkout.ts';
import { makeCheckout } from '../../helpers/checkout.ts';
import type { FakeForge } from '../../helpers/fake-forge.ts';

export const OLD = 'cards/refund-1.5.0.yaml';
export const NEW = 'cards/refund-1.6.0.yaml';

/** 1.5.0 at the base, and a commit that adds 1.6.0. */
export function cardsCheckout(): Checkout {
  const checkout = oldCheckout();
  checkout.copy('refund-assist-1.6.0.yaml', NEW);
  checkout.copy('refund-assist-1.6.0.html', 'cards/refund-assist-1.6.0.html');
  checkout.commit('1.6.0');
  return checkout;
}

export function oldCheckout(): Checkout {
  const checkout = makeCheckout();
  checkout.copy('refund-assist-1.5.0.yaml', OLD);
  checkout.copy('refund-assist-1.5.0.html', 'cards/refund-assist-1.5.0.html');
  checkout.write('package.json', '{}');
  checkout.commit('1.5.0');
  return checkout;
}

/** Pull request 12 of acme/cards. */
export function githubJob(
  fake: FakeForge,
  { folder }: Checkout,
  { from = 'acme/cards' }: { readonly from?: string | null } = {},
): Readonly<Record<string, string>> {
  const event = join(folder, '.git', 'event.json');
  const head = { ref: 'main"; curl evil', repo: from === null ? null : { full_name: from } };
  const pull = { number: 12, title: '@everybody', head, base: { repo: { full_name: 'acme/cards' } } };
  writeFileSync(event, JSON.stringify({ action: 'synchronize', pull_request: pull }));
  return {
    GITHUB_ACTIONS: 'true',
    GITHUB_API_URL: fake.url,
    GITHUB_GRAPHQL_URL: `${fake.url}/graphql`,
    GITHUB_EVENT_PATH: event,
    GITHUB_STEP_SUMMARY: join(folder, '.git', 'summary.md'),
    ASSIST_FORGE_TOKEN: fake.token,
  };
}

/** Merge request 12 of project 34. */
export function gitlabJob(fake: FakeForge, { from = '34' } = {}): Readonly<Record<string, string>> {
  return {
    GITLAB_CI: 'true',
    CI_API_V4_URL: `${fake.url}/api/v4`,
    CI_MERGE_REQUEST_PROJECT_ID: '34',
    CI_MERGE_REQUEST_SOURCE_PROJECT_ID: from,
    CI_MERGE_REQUEST_IID: '12',
    ASSIST_FORGE_TOKEN: fake.token,
  };
}
