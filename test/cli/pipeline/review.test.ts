/** `pipeline review` in a real repository, against code hosts over real HTTP. */
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { marked } from 'marked';
import type { Log } from 'sarif';
import { AssistError } from '../../../src/configurator/errors.ts';
import type { Configurator } from '../../../src/configurator.ts';
import { loadPlan } from '../../../src/lint/lint.ts';
import type { Checkout } from '../../helpers/checkout.ts';
import type { FakeForge } from '../../helpers/fake-forge.ts';
import { startFakeGithub, startFakeGitlab } from '../../helpers/fake-forge.ts';
import { ROOT } from '../../helpers/sources.ts';
import type { CliOptions, Ran } from '../fixtures.ts';
import { cli } from '../fixtures.ts';
import { cardsCheckout, githubJob, gitlabJob, NEW, OLD, oldCheckout } from './fixtures.ts';

let checkout: Checkout | undefined;
let fake: FakeForge | undefined;
afterEach(async () => {
  checkout?.remove();
  await fake?.close();
  [checkout, fake] = [undefined, undefined];
});

interface Reviewed extends Ran {
  readonly comment: string;
  readonly sarif: Log;
}

async function review(at: Checkout, args: readonly string[] = [], options: CliOptions = {}): Promise<Reviewed> {
  const [out, sarif] = [join(at.folder, '.git', 'review.md'), join(at.folder, '.git', 'lint.sarif')];
  const ran = await cli(['pipeline', 'review', '--plans', at.folder, '--out', out, '--sarif', sarif, ...args], options);
  if (!existsSync(out)) throw new Error(ran.stderr);
  return { ...ran, comment: readFileSync(out, 'utf8'), sarif: JSON.parse(readFileSync(sarif, 'utf8')) as Log };
}

describe('what a branch changes', () => {
  test('is shown against the version that stands beside it, with its forecast', async () => {
    checkout = cardsCheckout();
    const { code, comment, sarif, stdout } = await review(checkout, ['--cards-per-hour', '4000', '--runs', '1']);
    expect(code).toBe(0);
    expect(comment).toContain('one plan changed');
    expect(comment).toContain(`### \`${NEW}\`: \`RefundAssist 1.6.0\``);
    expect(comment).toMatch(
      /RefundAssist 1\.5\.0 → 1\.6\.0 {2}baseline from cards\/refund-1\.5\.0\.yaml at [0-9a-f]{8}/,
    );
    expect(comment).toContain('+  <h3 class="assist-card__title">Refund guidelines</h3>');
    expect(comment).toContain('Harm of 2 margins caught');
    expect(comment).not.toContain(checkout.folder);
    expect(stdout).toContain(`${NEW}: ok`);
    expect(sarif.runs[0]?.results).toEqual([]);
  });

  test('is told of steps and guardrails, by name, where the same file was there before', async () => {
    checkout = oldCheckout();
    const plan = readFileSync(join(checkout.folder, OLD), 'utf8');
    checkout.write(OLD, plan.replace('margin: 10%', 'margin: 9%').replace('- setSplit: 5', '- setSplit: 7'));
    checkout.commit('change');
    const { comment } = await review(checkout);
    expect(comment).toMatch(/~ steps\.1: "setSplit 5 %" → "setSplit 7 %"/);
    expect(comment).toMatch(/~ guardrails\.acceptanceRate\.margin\.value: 0\.1 → 0\.09/);
    expect(comment).toContain(
      'Nothing is known of the volume of RefundAssist: there is no event store here. Give --cards',
    );
  });

  test('is what comes of it: a card, or a template, touches the plans that name it, a remark touches none', async () => {
    checkout = oldCheckout();
    const html = join(checkout.folder, 'cards/refund-assist-1.5.0.html');
    checkout.write('cards/refund-assist-1.5.0.html', readFileSync(html, 'utf8').replace('Policy', 'The policy'));
    checkout.copy('templates/defaults.yaml', 'more/defaults.yaml');
    checkout.copy('templates/refund-assist-1.8.0.yaml', 'more/plan.yaml');
    checkout.copy('templates/refund-assist-1.8.0.html', 'more/refund-assist-1.8.0.html');
    checkout.copy('messages.yaml', 'messages.yaml');
    checkout.copy('waves.yaml', 'waves.yaml');
    checkout.commit('a card, and templates');
    const first = await review(checkout, ['--json']);
    const files = (ran: Ran) => (JSON.parse(ran.stdout) as { plans: { file: string; same: boolean }[] }).plans;
    expect(files(first).map(({ file }) => file)).toEqual([OLD, 'more/plan.yaml']);
    expect(first.comment).toContain('Waves are checked by `waves check`');
    const templates = readFileSync(join(checkout.folder, 'more/defaults.yaml'), 'utf8');
    checkout.write('more/defaults.yaml', `${templates}# a remark\n`);
    checkout.commit('a remark in templates');
    const second = await review(checkout, ['--json']);
    expect(files(second)).toMatchObject([{ file: 'more/plan.yaml', same: true }]);
    expect(second.comment).toContain('the same as before: nothing is started');
  });

  test('is held against what serves, where the api process knows it', async () => {
    checkout = cardsCheckout();
    const plan = await loadPlan(join(ROOT, 'examples/refund-assist-1.5.0.yaml'));
    const served = { ...plan, action: { ...plan.action, version: '1.4.9' } };
    const engine = {
      history: async () => [
        { rolloutId: 'r2', version: '1.6.0', outcome: 'rolledBack', endedAt: '2026-01-02', undo: null },
        { rolloutId: 'r1', version: '1.4.9', outcome: 'promoted', endedAt: '2026-01-01', undo: null },
      ],
      version: async (_: string, version: string) => ({ version, plan: version === '1.4.9' ? served : null }),
    } as unknown as Partial<Configurator>;
    const env = { ASSIST_API_URL: 'https://rollouts.example.com' };
    const known = await review(checkout, [], { env, configurator: engine });
    expect(known.comment).toContain('RefundAssist 1.4.9 → 1.6.0  baseline from what serves, by the registry');
    const away = async (): Promise<never> => {
      throw new AssistError('api-unreachable', 'No api process answers.', '');
    };
    const unknown = await review(checkout, [], { env, configurator: { history: away } });
    expect(unknown.code).toBe(0);
    expect(unknown.comment).toContain('What serves is not known: No api process answers.');
    expect(unknown.comment).toContain('RefundAssist 1.5.0 → 1.6.0');
  });

  test('and is wrong is an error of the job, and stands in SARIF and comment at its line', async () => {
    checkout = cardsCheckout();
    const text = readFileSync(join(checkout.folder, NEW), 'utf8');
    checkout.write(NEW, text.replace('minConfidence: 0.', 'minConfidence: 7.'));
    checkout.write('cards/broken.yaml', 'apiVersion: assist-rollouts/v1\naction: [\n');
    const { code, comment, sarif } = await review(checkout, ['--base', 'HEAD^1']);
    expect(code).toBe(2);
    expect(comment).toContain('**Not in order:** 1 of 1 cannot be started as it stands.');
    expect(comment).toContain(`${NEW}:`);
    const [result] = sarif.runs[0]?.results ?? [];
    expect(result?.locations?.[0]?.physicalLocation?.artifactLocation?.uri).toBe(NEW);
    expect(result?.level).toBe('error');
    checkout.commit('two wrong ones');
    const second = await review(checkout, ['--base', 'HEAD^1']);
    expect(second.comment).toContain('2 of 2 cannot be started as they stand');
    expect(second.comment).toContain('plan-syntax');
  });

  test('is nothing where no plan is touched', async () => {
    checkout = oldCheckout();
    checkout.write('README.md', 'hello');
    checkout.commit('words');
    const { code, comment } = await review(checkout);
    expect(code).toBe(0);
    expect(comment).toContain('no plan is changed');
  });
});

describe('the comment', () => {
  test('is one on the pull request, renewed with every push', async () => {
    checkout = cardsCheckout();
    fake = await startFakeGithub();
    const env = githubJob(fake, checkout);
    expect((await review(checkout, ['--post'], { env })).stdout).toContain('The comment is written.');
    checkout.write(NEW, readFileSync(join(checkout.folder, NEW), 'utf8').replace('alpha: 0.01', 'alpha: 0.02'));
    checkout.commit('more');
    const again = await review(checkout, ['--post', '--base', 'HEAD~2'], { env });
    expect(again.stdout).toContain('The comment is renewed.');
    expect(fake.comments).toHaveLength(1);
    expect(fake.comments[0]?.body.trim().endsWith(again.comment.trim().slice(-200))).toBe(true);
    expect(existsSync(env['GITHUB_STEP_SUMMARY'] ?? '')).toBe(false);
  });

  test('is one on the merge request', async () => {
    checkout = cardsCheckout();
    fake = await startFakeGitlab();
    const env = gitlabJob(fake);
    await review(checkout, ['--post'], { env });
    const again = await review(checkout, ['--post', '--json'], { env });
    expect(JSON.parse(again.stdout)).toMatchObject({ kind: 'pipelineReview', posted: { done: 'same', why: null } });
    expect(fake.comments).toHaveLength(1);
  });

  test('of a branch that changes no plan any more is renewed, and is not begun', async () => {
    checkout = oldCheckout();
    checkout.write('README.md', 'hello');
    checkout.commit('words');
    fake = await startFakeGithub();
    const env = githubJob(fake, checkout);
    expect((await review(checkout, ['--post'], { env })).stdout).toContain('no comment to renew');
    expect(fake.comments).toEqual([]);
  });

  test.each<[string, (given: FakeForge, at: Checkout) => Readonly<Record<string, string>>]>([
    ['a fork', (given, at) => githubJob(given, at, { from: 'stranger/cards' })],
    ['a fork that is gone', (given, at) => githubJob(given, at, { from: null })],
    ['no token', (given, at) => ({ ...githubJob(given, at), ASSIST_FORGE_TOKEN: '' })],
    ['a push', (given, at) => ({ ...githubJob(given, at), GITHUB_EVENT_PATH: '/nonexistent' })],
    ['a host without https', (given, at) => ({ ...githubJob(given, at), GITHUB_API_URL: 'http://example.com' })],
  ])('of %s goes to the summary of the job, and nothing is asked of the host', async (_, envOf) => {
    checkout = cardsCheckout();
    fake = await startFakeGithub();
    const env = envOf(fake, checkout);
    const { code, stdout } = await review(checkout, ['--post'], { env });
    expect(code).toBe(0);
    expect(stdout).toContain('The comment is not posted: ');
    expect(readFileSync(env['GITHUB_STEP_SUMMARY'] ?? '', 'utf8')).toContain('one plan changed');
    expect(fake.requests).toEqual([]);
  });

  test('of a fork at GitLab is not posted', async () => {
    checkout = cardsCheckout();
    fake = await startFakeGitlab();
    const { code, stdout } = await review(checkout, ['--post'], { env: gitlabJob(fake, { from: '35' }) });
    expect([code, stdout.includes('it comes from a fork')]).toEqual([0, true]);
    expect(fake.requests).toEqual([]);
  });

  test('that the host refuses is no failure of the review', async () => {
    checkout = cardsCheckout();
    fake = await startFakeGithub({ readOnly: true });
    const env = githubJob(fake, checkout);
    const { code, stdout } = await review(checkout, ['--post'], { env });
    expect(code).toBe(0);
    expect(stdout).toContain('Resource not accessible by integration');
    expect(readFileSync(env['GITHUB_STEP_SUMMARY'] ?? '', 'utf8')).toContain('one plan changed');
  });
});

describe('a stranger who writes the plans', () => {
  const HOSTILE = [
    '@acme/everybody',
    '```',
    '</details>',
    '<img src=https://evil.example/x>',
    '<!-- assist-rollouts:review -->',
    '![x](https://evil.example/y)',
    '[click](https://evil.example)',
    '/approve',
    '/merge',
    'Fixes #1',
  ].join('\n');

  test('says nothing in the comment but as code: no name is called, no link made, no command given', async () => {
    checkout = cardsCheckout();
    const odd = 'cards/@acme`<img src=x>\n/merge\n## Title ``` [a](https://evil.example).yaml';
    const text = readFileSync(join(checkout.folder, NEW), 'utf8');
    const words = JSON.stringify(`${HOSTILE} \u202e\u0007`);
    checkout.write(
      odd,
      text.replace('apiVersion: assist-rollouts/v1', `apiVersion: assist-rollouts/v1\ndescription: ${words}`),
    );
    checkout.write(
      OLD,
      readFileSync(join(checkout.folder, OLD), 'utf8').replace('keywords:', `nonsense: ${words}\n    keywords:`),
    );
    checkout.write(
      'cards/refund-assist-1.6.0.html',
      `<p>${HOSTILE.replaceAll('<', '&lt;')}</p>\n/close\n${'`'.repeat(20)}\n`,
    );
    checkout.commit('kind words');
    fake = await startFakeGitlab();
    await review(checkout, ['--post'], { env: gitlabJob(fake) });
    const body = fake.comments[0]?.body ?? '';
    const said = proseOf(body);
    expect(said).not.toMatch(/@|evil|merge|approve|close|Fixes|img|Title/);
    expect(body).not.toMatch(/^\//m);
    for (const unseen of ['\u202e', '\u0007']) expect(body).not.toContain(unseen);
    expect(body.startsWith('<!-- assist-rollouts:review -->')).toBe(true);
    expect(body.match(/^<details>/gm)?.length).toBe(body.match(/^<\/details>$/gm)?.length);
  });

  test('does not make it longer than the host takes', async () => {
    checkout = cardsCheckout();
    const text = readFileSync(join(checkout.folder, NEW), 'utf8');
    for (let at = 0; at < 30; at += 1) {
      const html = Array.from({ length: 3000 }, (_, line) => `<p>${at} ${line} ${'`'.repeat(line % 40)}</p>`);
      checkout.write(`cards/${at}.html`, html.join('\n'));
      const own = text.replace('refund-assist-1.6.0.html', `${at}.html`).replace('RefundAssist', `Other${at}`);
      checkout.write(`cards/${'long'.repeat(40)}${at}.yaml`, own.replace(/acceptanceRate/, 'acceptanceRat'));
    }
    checkout.commit('much');
    fake = await startFakeGithub();
    await review(checkout, ['--post', '--base', 'HEAD~2'], { env: githubJob(fake, checkout) });
    const body = fake.comments[0]?.body ?? '';
    expect(body.length).toBeLessThan(65_536);
    expect(body).toMatch(/\d+ more plans have no room here/);
    expect(body.trim().endsWith('</sub>')).toBe(true);
    expect(body.match(/^<details>/gm)?.length).toBe(body.match(/^<\/details>$/gm)?.length);
  });

  test('shows no file of the machine and no token: neither by a link, nor by a name, nor by a secret that is guessed', async () => {
    checkout = cardsCheckout();
    const token = 'ghs_0123456789abcdef0123456789abcdef';
    writeFileSync(join(checkout.folder, '.git', 'secret'), `<p>${token}</p>`);
    const text = readFileSync(join(checkout.folder, NEW), 'utf8');
    symlinkSync('../.git/secret', join(checkout.folder, 'cards/refund-link.html'));
    checkout.write('cards/link.yaml', text.replace('refund-assist-1.6.0.html', 'refund-link.html'));
    checkout.write('direct.yaml', text.replace('refund-assist-1.6.0.html', '.git/secret'));
    symlinkSync('/etc/passwd', join(checkout.folder, 'passwd.yaml'));
    checkout.write('cards/refund-assist-1.6.0.html', `<p>${token}</p>`);
    checkout.commit('a look around');
    const env = { ASSIST_FORGE_TOKEN: token };
    const { comment, stdout, sarif } = await review(checkout, [], { env });
    const all = `${comment}${stdout}${JSON.stringify(sarif)}`;
    expect(comment).toContain('plan-html-missing');
    expect(all).not.toContain(token);
    expect(all).not.toContain('root:');
    expect(comment).not.toContain('passwd');
  });

  test('keeps nobody busy with a file of nothing', async () => {
    checkout = cardsCheckout();
    checkout.write('lines.yaml', '\n'.repeat(1_000_000));
    checkout.write('blanks.yaml', ' '.repeat(1_000_000));
    checkout.commit('nothing, at length');
    const { code, comment } = await review(checkout);
    expect([code, comment.includes('no plan is changed')]).toEqual([0, true]);
  });

  test('gives no ref that git takes for an option', async () => {
    checkout = cardsCheckout();
    const ran = await cli(['pipeline', 'review', '--plans', checkout.folder, '--base=--output=/tmp/x']);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('There is no commit "--output=/tmp/x" in this checkout.');
  });
});

/** What of a comment is not code, as a code host reads it. */
function proseOf(body: string): string {
  const html = marked.parse(body, { async: false, gfm: true });
  return html
    .replaceAll(/<pre>[\s\S]*?<\/pre>/g, '')
    .replaceAll(/<code>[\s\S]*?<\/code>/g, '')
    .replace(/^<!-- assist-rollouts:review -->/, '');
}
