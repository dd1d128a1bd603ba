/**
 * The organisation's integration that frames our page in the agent desktop. Only what is ours in it is compared and
 * written: groups, queues and fields of others stay as they are.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { isGenesysError } from '../../genesys/errors.ts';
import type { IntegrationConfig, IntegrationDocument, Integrations } from '../../genesys/integrations.ts';
import { TargetError } from '../target-error.ts';

const WIDGET = 'embedded-client-app-interaction-widget';
const DEFAULT_NAME = 'Assist Rollouts';

/** By which a page is known as ours wherever it is served from. */
const PAGE =
  '/panel?conversation={{gcConversationId}}&lang={{gcLangTag}}&host={{gcHostOrigin}}&env={{gcTargetEnv}}' +
  '&popup={{gcUsePopupAuth}}';
/** The page signs the agent in by a popup where its frame may not. */
const SANDBOX = ['allow-scripts', 'allow-same-origin', 'allow-forms', 'allow-popups'];
/** The page answers each of them. */
const HOOKS = { bootstrap: true, focus: true, blur: true, stop: true };

export interface WantedIntegration {
  /** Base URL of the panel. */
  readonly panelUrl: string;
  /** In whose conversations it must be shown. */
  readonly queues: readonly string[];
}

/**
 * Finds the integration by its name or makes it, configures it and switches it on; resolves with its id when it is
 * active. `owned`: ids of integrations that are ours already, whatever page another hand put there. Idempotent.
 */
export async function ensureIntegration(
  integrations: Integrations,
  wanted: WantedIntegration & { readonly name: string | undefined; readonly owned: readonly string[] },
): Promise<string> {
  const name = wanted.name ?? DEFAULT_NAME;
  const [found] = await integrations.findByName(WIDGET, name);
  const { id } = found ?? (await createOne(integrations, name));
  await repairIntegration(integrations, id, wanted, wanted.owned.includes(id));
  return id;
}

/** Another worker may have made one since we looked: all settle on the same, and the other one stays switched off. */
async function createOne(integrations: Integrations, name: string): Promise<IntegrationDocument> {
  const made = await integrations.create(WIDGET, name);
  const [first] = await integrations.findByName(WIDGET, name);
  return first ?? made;
}

/** Brings one that there is to what we need. */
export async function repairIntegration(
  integrations: Integrations,
  id: string,
  wanted: WantedIntegration,
  isOwned = true,
): Promise<void> {
  await configure(integrations, id, wanted, isOwned);
  const { intendedState } = await integrations.get(id);
  if (intendedState !== 'ENABLED') await integrations.switchTo(id, 'ENABLED');
  await awaitActive(integrations, id);
}

const TRIES = 3;

async function configure(
  integrations: Integrations,
  id: string,
  wanted: WantedIntegration,
  isOwned: boolean,
): Promise<void> {
  for (let left = TRIES; left > 0; left -= 1) {
    const config = await integrations.readConfig(id);
    if (!isOwned) refuseOtherPage(id, config);
    if (differences(config, wanted).length === 0) return;
    try {
      await integrations.putConfig(id, withOurs(config, wanted));
      return;
    } catch (error) {
      // Somebody wrote between our read and our write: what they wrote is read, and only ours is put into it.
      if (!isGenesysError(error, 'conflict')) throw error;
    }
  }
  throw new TargetError(
    'OtherEditor',
    `The configuration of integration ${id} was changed by another hand each of the ${TRIES} times that it was ` +
      'written. It is tried again; see who or what keeps saving it.',
  );
}

/** A name that a plan mistook must not take somebody's panel from them. */
function refuseOtherPage(id: string, { name, properties }: IntegrationConfig): void {
  const url = textOf(properties?.['url']);
  if (url === '' || url.endsWith(PAGE)) return;
  throw new TargetError(
    'IntegrationTaken',
    `The integration "${name ?? ''}" (${id}) shows another page than ours (${originOf(url)}). Name another one in ` +
      'target.integration, or remove this one.',
  );
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : 'no URL';
}

const ACTIVE_WITHIN_MS = 12_000;
const LOOK_MS = 250;

async function awaitActive(integrations: Integrations, id: string): Promise<void> {
  let code: string | null = null;
  for (let waitedMs = 0; waitedMs <= ACTIVE_WITHIN_MS; waitedMs += LOOK_MS) {
    code = stateOf(await integrations.get(id));
    if (code === 'ACTIVE') return;
    await sleep(LOOK_MS);
  }
  throw new TargetError(
    'IntegrationNotReady',
    `The integration ${id} was switched on and says ${code ?? 'nothing'} after ${ACTIVE_WITHIN_MS / 1000} s. It is ` +
      'tried again; if it lasts, see its details under Admin > Integrations.',
  );
}

/** What keeps the page from agents, in words; empty while nothing does. Reads only. */
export async function integrationTroubles(
  integrations: Integrations,
  id: string,
  wanted: WantedIntegration,
): Promise<string[]> {
  try {
    const [document, config] = await Promise.all([integrations.get(id), integrations.readConfig(id)]);
    const code = stateOf(document);
    const name = `The integration "${document.name ?? config.name ?? ''}" (${id})`;
    if (document.intendedState !== 'ENABLED') return [`${name} was disabled.`];
    if (code !== 'ACTIVE') return [`${name} is on and says ${code ?? 'nothing'}.`];
    return differences(config, wanted).map((difference) => `${name} ${difference}.`);
  } catch (error) {
    if (!isGenesysError(error, 'notFound')) throw error;
    return [`The integration ${id} is not in the organisation any more.`];
  }
}

/** What in the configuration is not as we need it, each in words. */
function differences({ properties, advanced }: IntegrationConfig, { panelUrl, queues }: WantedIntegration): string[] {
  const missing = missingQueues(properties, queues);
  return [
    ...(textOf(properties?.['url']) === pageUrl(panelUrl) ? [] : ['shows another URL than the panel of ours']),
    ...(missing.length === 0 ? [] : [`lacks ${missing.length === 1 ? 'queue' : 'queues'} ${missing.join(', ')}`]),
    ...(isSameSet(partsOf(properties?.['sandbox']), SANDBOX)
      ? []
      : ['has another sandbox attribute than the page needs']),
    ...(partsOf(properties?.['permissions']).length === 0 ? [] : ['gives the page permissions that it does not need']),
    ...(hasHooks(advanced) ? [] : ['does not tell the page when it is shown']),
  ];
}

type Properties = IntegrationConfig['properties'];

/** An empty list is no filter at all. */
function missingQueues(properties: Properties, queues: readonly string[]): string[] {
  const listed = listOf(properties?.['queueIdFilterList']);
  const isFresh = textOf(properties?.['url']) === '';
  return listed.length === 0 && !isFresh ? [] : queues.filter((queue) => !listed.includes(queue));
}

/** As the engine would configure one that is new, for who makes it by other means. Pure. */
export function newIntegration(wanted: WantedIntegration & { readonly name: string | undefined }) {
  const { properties, advanced } = withOurs({ version: 1 }, wanted);
  return { type: WIDGET, name: wanted.name ?? DEFAULT_NAME, properties: properties ?? {}, advanced: advanced ?? {} };
}

function withOurs(config: IntegrationConfig, wanted: WantedIntegration): IntegrationConfig {
  const { properties, advanced } = config;
  const queues = listOf(properties?.['queueIdFilterList']);
  const lifecycle = recordOf(advanced?.['lifecycle']);
  return {
    ...config,
    properties: {
      ...properties,
      url: pageUrl(wanted.panelUrl),
      sandbox: SANDBOX.join(','),
      permissions: '',
      queueIdFilterList: [...queues, ...missingQueues(properties, wanted.queues)],
    },
    advanced: { ...advanced, lifecycle: { ephemeral: false, ...lifecycle, hooks: HOOKS } },
  };
}

function hasHooks(advanced: IntegrationConfig['advanced']): boolean {
  const hooks = recordOf(recordOf(advanced?.['lifecycle'])['hooks']);
  return Object.keys(HOOKS).every((hook) => hooks[hook] === true);
}

function pageUrl(panelUrl: string): string {
  return `${panelUrl.replace(/\/+$/, '')}${PAGE}`;
}

function stateOf({ reportedState }: IntegrationDocument): string | null {
  return reportedState?.code ?? null;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function partsOf(value: unknown): string[] {
  return textOf(value)
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
}

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  return new Set(a).size === b.length && b.every((one) => a.includes(one));
}
