import { createHash, randomUUID } from 'node:crypto';
import { DEFAULT_SETTINGS } from '../../src/domain/preflight/settings.ts';
import type { Agents } from '../../src/genesys/agents.ts';
import { startPanel } from '../../src/panel/server.ts';
import type { PanelOptions, PanelServer } from '../../src/panel/server.ts';
import type { Database } from '../../src/store/database.ts';

const SECRET = 'panel-secret-0123456789abcdef';

/** An organisation in which a token `agent-1@conversation,other` is agent-1's, who has these conversations. */
const agents: Agents = {
  whoseIs: (token) => Promise.resolve(agentOf(token)),
  conversationsOf: (token) =>
    Promise.resolve(
      agentOf(token) === null ? null : (token.split('@')[1] ?? '').split(',').map((id) => ({ id, participants: [] })),
    ),
};

function agentOf(token: string): { readonly id: string } | null {
  const [id, conversations] = token.split('@');
  return id && conversations ? { id } : null;
}

export function startTestPanel(db: Database, over: Partial<PanelOptions> = {}): Promise<PanelServer> {
  return startPanel({
    db,
    port: 0,
    sessionSecrets: [SECRET],
    oauthClientId: 'panel-client',
    loginUrl: 'https://login.example.com',
    frameAncestors: ['https://apps.example.com'],
    cardPolicy: DEFAULT_SETTINGS.policy,
    agents,
    now: Date.now,
    ...over,
  });
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export async function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

export async function openSession(panel: PanelServer, conversationId: string, agent = 'agent-1'): Promise<string> {
  const answer = await post(`${panel.url}/panel/session`, {
    conversationId,
    accessToken: `${agent}@${conversationId}`,
  });
  return ((await answer.json()) as { session: string }).session;
}

export interface CardMessage {
  readonly cardId: string;
  readonly epoch: number;
  readonly receipt: string;
  readonly silenceMs: number | null;
  readonly title: string;
  readonly html: string;
  readonly sha256: string;
}

export interface TestPage {
  readonly pageId: string;
  /** Of that name, in the order in which they came. */
  events(name: string): unknown[];
  next(name: string): Promise<unknown>;
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>;
  close(): void;
}

/** A page without a browser. */
export async function openPage(
  panel: PanelServer,
  session: string,
  { state = 'visible', pageId = randomUUID() }: { readonly state?: string; readonly pageId?: string } = {},
): Promise<TestPage> {
  const controller = new AbortController();
  const answer = await fetch(`${panel.url}/panel/stream?page=${pageId}&state=${state}`, {
    headers: { authorization: `Bearer ${session}` },
    signal: controller.signal,
  });
  if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
  const seen: { name: string; data: unknown }[] = [];
  const waiting: { name: string; resolve: (data: unknown) => void }[] = [];
  const read = async (): Promise<void> => {
    let rest = '';
    for await (const chunk of answer.body ?? []) {
      const parts = (rest + new TextDecoder().decode(chunk as Uint8Array)).split('\n\n');
      rest = parts.pop() ?? '';
      for (const part of parts) {
        const [, name = '', json = ''] = /^event: (\S+)\ndata: (.*)$/.exec(part) ?? [];
        const event = { name, data: JSON.parse(json) as unknown };
        seen.push(event);
        const at = waiting.findIndex((one) => one.name === name);
        if (at >= 0) waiting.splice(at, 1)[0]?.resolve(event.data);
      }
    }
  };
  const ended = read().catch(() => undefined);
  return {
    pageId,
    events: (name) => seen.filter((one) => one.name === name).map(({ data }) => data),
    next: (name) => new Promise((resolve) => waiting.push({ name, resolve })),
    ended,
    close: () => controller.abort(),
  };
}

/** Of what the page holds, or of what comes to it. */
export async function cardOn(page: TestPage): Promise<CardMessage> {
  return (page.events('card')[0] ?? (await page.next('card'))) as CardMessage;
}

/** Until it holds; a test that waits in vain ends by its own limit. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}
