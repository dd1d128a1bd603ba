/** One comment of ours on a request, at both code hosts, over real HTTP. */
import type { Forge } from '../../src/forge/forge.ts';
import { openGithub } from '../../src/forge/github.ts';
import { openGitlab } from '../../src/forge/gitlab.ts';
import { MARKER, putComment } from '../../src/forge/one-comment.ts';
import { createBoundedFetch } from '../../src/http/bounded-fetch.ts';
import type { FakeComment, FakeForge, FakeOptions } from '../helpers/fake-forge.ts';
import { GITHUB_ME, GITLAB_ME, startFakeGithub, startFakeGitlab } from '../helpers/fake-forge.ts';

const fetch = createBoundedFetch({ timeoutMs: 20_000, maxBytes: 10_000_000, agentFor: () => undefined });

interface Host {
  readonly name: string;
  readonly me: string;
  readonly start: (options?: FakeOptions) => Promise<FakeForge>;
  readonly open: (fake: FakeForge, token?: string) => Forge;
}

const HOSTS: readonly Host[] = [
  {
    name: 'GitHub',
    me: GITHUB_ME,
    start: startFakeGithub,
    open: ({ url, token }, given = token) =>
      openGithub(
        { apiUrl: url, graphqlUrl: `${url}/graphql`, repository: 'acme/cards', number: 12, token: given },
        fetch,
      ),
  },
  {
    name: 'GitLab',
    me: GITLAB_ME,
    start: startFakeGitlab,
    open: ({ url, token }, given = token) =>
      openGitlab({ apiUrl: `${url}/api/v4`, project: '34', iid: 12, token: given }, fetch),
  },
];

let fake: FakeForge;
afterEach(() => fake.close());

describe.each(HOSTS)('at $name', ({ me, start, open }) => {
  const ours = (id: number, text: string): FakeComment => ({ id, author: me, body: `${MARKER}\n${text}` });
  const put = (body: string, onlyRenew = false) => putComment(open(fake), body, { onlyRenew });
  const bodies = (): string[] => fake.comments.map(({ body }) => body);

  test('it is written once, renewed in place, and left as it is where nothing has changed', async () => {
    fake = await start();
    expect(await put('one')).toBe('written');
    expect(await put('two')).toBe('renewed');
    expect(await put('two')).toBe('same');
    expect(bodies()).toEqual([`${MARKER}\ntwo`]);
  });

  test('it is found behind many others', async () => {
    const others = Array.from({ length: 250 }, (_, at) => ({ id: at + 1, author: '5', body: 'hello' }));
    fake = await start({ comments: [...others, ours(900, 'old')] });
    expect(await put('new')).toBe('renewed');
    expect(fake.comments.at(-1)?.body).toBe(`${MARKER}\nnew`);
    expect(fake.comments).toHaveLength(251);
  });

  test('a comment of somebody else is never touched, whatever marker it bears', async () => {
    fake = await start({ comments: [{ id: 1, author: '5', body: `${MARKER}\nmine now` }] });
    expect(await put('ours')).toBe('written');
    expect(bodies()).toEqual([`${MARKER}\nmine now`, `${MARKER}\nours`]);
  });

  test('nor is another of ours that only names the marker', async () => {
    fake = await start({ comments: [{ id: 1, author: me, body: `see ${MARKER}` }] });
    expect(await put('ours')).toBe('written');
    expect(bodies()[0]).toBe(`see ${MARKER}`);
  });

  test('where there is none yet, none is written of nothing', async () => {
    fake = await start();
    expect(await put('nothing', true)).toBe('left');
    expect(bodies()).toEqual([]);
    fake.comments.push(ours(1, 'old'));
    expect(await put('nothing', true)).toBe('renewed');
  });

  test('the line ends of the host are no change', async () => {
    fake = await start({ comments: [ours(1, 'a\r\nb')] });
    fake.comments[0]!.body = `${MARKER}\r\na\r\nb\r\n`;
    expect(await put('a\nb')).toBe('same');
  });

  test('a token that may only read, or is none, is refused, and what the host says is told', async () => {
    fake = await start({ readOnly: true });
    await expect(put('one')).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('403') as string,
    });
    await expect(open(fake, 'wrong').me()).rejects.toMatchObject({ kind: 'refused' });
  });

  test.each([
    ['an error of the server', { status: 502, body: 'bad gateway' }],
    ['an answer of something else', { status: 200, body: { hello: 'world' } }],
    ['a closed connection', 'drop'],
    ['a way elsewhere, where the token must not go', { status: 302, headers: { location: '/user' }, body: {} }],
  ] as const)('%s is no answer', async (_, reply) => {
    fake = await start({ instead: () => reply });
    await expect(put('one')).rejects.toMatchObject({ kind: 'unavailable' });
    expect(fake.requests).toHaveLength(1);
  });
});
