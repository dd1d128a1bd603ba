// Where each page stands in the navigation, by what a reader wants to do. A page that stands nowhere fails the build.
import { readdirSync } from 'node:fs';
import path from 'node:path';

const SECTIONS = [
  ['Start', ['README.md', 'docs/guide.md', 'docs/coming-from.md', 'docs/concepts.md']],
  [
    'Guides',
    [
      'docs/real-organisation.md',
      'docs/production.md',
      'docs/backup.md',
      'docs/kubernetes.md',
      'docs/hosts.md',
      'docs/upgrades.md',
      'docs/runbook.md',
      'docs/console.md',
      'docs/people.md',
      'docs/messages.md',
      'docs/calendar.md',
      'docs/waves.md',
      'docs/history.md',
      'docs/panel.md',
      'docs/copilot.md',
      'docs/transcripts.md',
      'docs/preflight.md',
      'docs/organisation-policy.md',
      'docs/pipeline.md',
      'docs/observability.md',
      'docs/audit.md',
      'docs/cipher.md',
      'docs/doctor.md',
      'docs/sandbox.md',
      'SECURITY.md',
    ],
  ],
  ['Recipes', ['docs/recipes/']],
  [
    'Reference',
    [
      'docs/cli.md',
      'docs/reference/cli.md',
      'docs/plan.md',
      'docs/reference/plan.md',
      'docs/configuration.md',
      'docs/errors.md',
      'docs/events.md',
      'docs/api.md',
      'docs/tutorial.md',
      'CHANGELOG.md',
    ],
  ],
  [
    'Explanation',
    [
      'docs/architecture.md',
      'docs/judge.md',
      'docs/reliability.md',
      'docs/guardian.md',
      'docs/assist-panel.md',
      'docs/comparison.md',
      'docs/extending.md',
      'CONTRIBUTING.md',
    ],
  ],
  ['Decisions', ['docs/decisions/']],
];

/** Sections of paths from the root; a folder stands for its pages, in the order of their names. */
export function navigation(root) {
  const below = (folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => path.posix.join(folder, name.replaceAll(path.sep, '/')))
      .toSorted();
  const sections = SECTIONS.map(([title, entries]) => ({
    title,
    pages: entries.flatMap((entry) => (entry.endsWith('/') ? below(entry) : [entry])),
  }));
  const named = sections.flatMap(({ pages }) => pages);
  const left = below('docs').filter((page) => !named.includes(page));
  if (left.length > 0)
    throw new Error(
      `${left.join(', ')}: in no section of scripts/docs/navigation.mjs. Name it where readers look for it.`,
    );
  return sections;
}
