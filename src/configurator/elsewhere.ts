/** Members of waves in other organisations: started, followed and told through the Temporal namespaces of those. */
import { WorkflowNotFoundError } from '@temporalio/client';
import { readCodecKeys } from '../codec/keys.ts';
import type { OrganisationEntry } from '../domain/waves/organisations.ts';
import type { ActorKey } from '../identity/key.ts';
import { parseActorKey } from '../identity/key.ts';
import { loadOrganisations, readBesideOrganisations } from '../lint/organisations-file.ts';
import type { Elsewhere, ElsewhereAct, ElsewhereLook, ElsewhereRun, ElsewhereStart } from '../waves/elsewhere.ts';
import { rolloutWorkflowId } from '../workflows/messages.ts';
import type { Outcome, RolloutResult } from '../workflows/messages.ts';
import { readAttributes } from '../workflows/search-attributes.ts';
import { actOnRollout } from './acts.ts';
import { createTemporalLink } from './connection.ts';
import type { TemporalLink } from './connection.ts';
import { AssistError } from './errors.ts';
import { startRollout } from './start.ts';
import { startUndo } from './undo.ts';

/** The client repeats by itself what finds nobody, for so long. */
const READ_TIMEOUT_MS = 4_000;

export interface OpenElsewhere extends Elsewhere {
  /** Whether a rollout of the action is under way there. */
  isBusy(organisation: string, action: string): Promise<boolean>;
  close(): Promise<void>;
}

/** `file` is read at every act; what it says counts from then on. `now`: by which acts are signed. */
export function createElsewhere(file: string, now: () => number): OpenElsewhere {
  const links = createLinks(file, now);
  return {
    know: (organisations) =>
      Promise.all(organisations.map((name) => links.renewed(name))).then(
        () => null,
        (error: Error) => error.message,
      ),
    start: async (asked) => start(await links.renewed(asked.organisation), asked),
    find: async ({ organisation, action, key }) => find(await links.renewed(organisation), action, key),
    act: async (asked) => act(await links.renewed(asked.organisation), asked),
    look: async (run) => look(await links.known(run.organisation), run),
    forget: async (organisation) => void (await links.renewed(organisation).catch(() => undefined)),
    isBusy: async (organisation, action) => isBusy(await links.renewed(organisation), action),
    close: () => links.close(),
  };
}

/** Acts in the name of whose key it is: that organisation says whether they may. */
interface ElsewhereLink {
  readonly link: TemporalLink;
  readonly by: string;
}

async function start(to: ElsewhereLink, asked: ElsewhereStart): Promise<{ runId: string } | { refused: string }> {
  const { key: wavesKey, what, reason } = asked;
  const action = 'undo' in what ? what.undo : what.plan.action.name;
  const before = await find(to, action, wavesKey);
  if (before !== null) return { runId: before };
  const given = { by: to.by, reason, wavesKey };
  try {
    const { runId } =
      'undo' in what
        ? await startUndo(to.link, action, { ...given, from: what.from })
        : await startRollout(to.link, what.plan, given);
    return { runId };
  } catch (error) {
    if (!(error instanceof AssistError)) throw error;
    if (error.code === 'usage') return { refused: error.message };
    if (error.code !== 'rollout-already-running') throw error;
    const ours = await find(to, action, wavesKey);
    return ours === null
      ? { refused: `another rollout of ${action} is running in ${asked.organisation}` }
      : { runId: ours };
  }
}

/** The newest run of the action, if it bears the key. */
async function find({ link }: ElsewhereLink, action: string, key: string): Promise<string | null> {
  return link.call(READ_TIMEOUT_MS, async (client) => {
    try {
      const { memo, runId } = await client.workflow.getHandle(rolloutWorkflowId(action)).describe();
      return memo?.['wavesKey'] === key ? runId : null;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return null;
      throw error;
    }
  });
}

async function isBusy({ link }: ElsewhereLink, action: string): Promise<boolean> {
  return link.call(READ_TIMEOUT_MS, async (client) => {
    try {
      const { status } = await client.workflow.getHandle(rolloutWorkflowId(action)).describe();
      return status.name === 'RUNNING' || status.name === 'PAUSED';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  });
}

/** What comes too late is none: how the rollout ended is seen by whoever follows it. */
const TOO_LATE: readonly string[] = ['rollout-ended', 'rollout-not-found'];
const REFUSED: readonly string[] = ['usage', 'update-rejected', 'act-forbidden', 'rollout-frozen'];

async function act({ link, by }: ElsewhereLink, asked: ElsewhereAct): Promise<string | null> {
  const { action, runId, reason, actId } = asked;
  // As of any member: nobody was shown what else it is paused for.
  const given = { by, reason, ...(asked.act === 'resume' && { pause: 'person' as const }) };
  try {
    await actOnRollout(link, asked.act, action, given, { runId, updateId: actId });
    return null;
  } catch (error) {
    const code = error instanceof AssistError ? error.code : '';
    if (TOO_LATE.includes(code)) return null;
    if (REFUSED.includes(code)) return (error as AssistError).message;
    throw error;
  }
}

const OUTCOMES: Readonly<Record<Outcome, true>> = {
  promoted: true,
  retired: true,
  rolledBack: true,
  undone: true,
  rejected: true,
};

async function look({ link }: ElsewhereLink, { action, runId }: ElsewhereRun): Promise<ElsewhereLook> {
  const failed = (reason: string): ElsewhereLook => ({ kind: 'ended', state: 'failed', reason });
  return link.call(READ_TIMEOUT_MS, async (client) => {
    const handle = client.workflow.getHandle<() => Promise<RolloutResult>>(rolloutWorkflowId(action), runId);
    try {
      const { status, typedSearchAttributes } = await handle.describe();
      if (status.name === 'RUNNING' || status.name === 'PAUSED') {
        const { phase, splitPercent } = readAttributes(typedSearchAttributes);
        return { kind: 'runs', phase, splitPercent };
      }
      if (status.name !== 'COMPLETED') return failed(`its workflow there is over: ${status.name.toLowerCase()}`);
      const { outcome, reason } = await handle.result();
      // Another release may end in ways that are not known here.
      if (!Object.hasOwn(OUTCOMES, outcome))
        return failed(`its outcome there, ${outcome}, is not known here: ${reason}`);
      return { kind: 'ended', state: outcome, reason };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return failed(`its run ${runId} is not there any more`);
      throw error;
    }
  });
}

interface Links {
  /** As the file has it now. */
  renewed(organisation: string): Promise<ElsewhereLink>;
  /** As it was last read, so that a look costs no file. */
  known(organisation: string): Promise<ElsewhereLink>;
  close(): Promise<void>;
}

function createLinks(file: string, now: () => number): Links {
  const open = new Map<string, ElsewhereLink & { readonly made: string }>();
  const renewed = async (name: string): Promise<ElsewhereLink> => {
    const settings = await readSettings(file, name);
    const made = JSON.stringify([settings.entry, settings.texts, settings.key.name, settings.key.publicKey]);
    const before = open.get(name);
    if (before?.made === made) return before;
    const one = { made, by: settings.key.name, link: linkOf(settings, now) };
    open.set(name, one);
    await before?.link.close();
    return one;
  };
  return {
    renewed,
    known: async (name) => open.get(name) ?? renewed(name),
    async close() {
      await Promise.all([...open.values()].map(({ link }) => link.close()));
    },
  };
}

interface Settings {
  readonly entry: OrganisationEntry;
  readonly key: ActorKey;
  /** What the files that it names hold. */
  readonly texts: Readonly<Partial<Record<'ca' | 'cert' | 'certKey' | 'apiKey' | 'codecKeys', string>>>;
}

async function readSettings(file: string, name: string): Promise<Settings> {
  const organisations = await loadOrganisations(file);
  const entry = Object.hasOwn(organisations, name) ? organisations[name] : undefined;
  if (entry === undefined) throw new Error(`${file} has no organisation called "${name}".`);
  const read = (path: string): Promise<string> => readBesideOrganisations(file, path);
  const { key, apiKeyFile, codecKeysFile } = entry;
  const tls = typeof entry.tls === 'object' ? entry.tls : {};
  return {
    entry,
    key: parseActorKey(await read(key), key),
    texts: {
      ...(tls.ca !== undefined && { ca: await read(tls.ca) }),
      ...(tls.cert !== undefined && { cert: await read(tls.cert) }),
      ...(tls.key !== undefined && { certKey: await read(tls.key) }),
      ...(codecKeysFile !== undefined && { codecKeys: await read(codecKeysFile) }),
      ...(apiKeyFile !== undefined && { apiKey: (await read(apiKeyFile)).trim() }),
    },
  };
}

/** One that is back is heard again within seconds, however long it was away. */
const RECONNECT = { 'grpc.initial_reconnect_backoff_ms': 500, 'grpc.max_reconnect_backoff_ms': 3_000 };

function linkOf({ entry, key, texts }: Settings, now: () => number): TemporalLink {
  const { address, namespace, tls } = entry;
  const { ca, cert, certKey, apiKey } = texts;
  const custom = typeof tls === 'object' && {
    ...(tls.serverName !== undefined && { serverNameOverride: tls.serverName }),
    ...(ca !== undefined && { serverRootCACertificate: Buffer.from(ca) }),
    ...(cert !== undefined &&
      certKey !== undefined && { clientCertPair: { crt: Buffer.from(cert), key: Buffer.from(certKey) } }),
  };
  const connectionOptions = {
    address,
    channelArgs: RECONNECT,
    ...(tls !== undefined && { tls: custom === false ? tls === true : custom }),
    ...(apiKey !== undefined && { apiKey }),
  };
  const config = { connectionOptions, address, namespace, uiUrl: null, ...cipherOf(texts.codecKeys) };
  return createTemporalLink(config, { key, now });
}

/** Of that organisation alone: what is in cipher there is opened by its keys, not by ours. */
function cipherOf(text: string | undefined): Pick<TemporalLink['config'], 'codecKeys'> {
  if (text === undefined) return {};
  const { keys, problems } = readCodecKeys(text);
  if (problems.length > 0) throw new Error(`Its codecKeysFile cannot be used: ${problems.join('; ')}.`);
  return { codecKeys: keys };
}
