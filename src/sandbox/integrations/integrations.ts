/**
 * Integrations of the organisation: made disabled, configured, switched. A switch takes its time; a configuration has
 * a version, and a write to another than the current one is refused.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { ApiError, noSuchResource, parseBody } from '../api-error.ts';
import type { IntegrationSettings } from '../options.ts';
import { integrationTypeOf } from './types.ts';

const configSchema = z.object({
  name: z.string().min(1).max(256),
  version: z.int().min(1),
  properties: z.record(z.string(), z.unknown()),
  advanced: z.record(z.string(), z.unknown()),
  notes: z.string(),
  credentials: z.record(z.string(), z.unknown()),
});

const newSchema = z.object({ name: z.string().min(1).max(256), integrationType: z.object({ id: z.string() }) });
const switchSchema = z.object({ intendedState: z.enum(['ENABLED', 'DISABLED']) });

/** As it is kept; what it reports follows from when it was switched. */
export const integrationSchema = z.object({
  id: z.uuid(),
  typeId: z.string(),
  intendedState: z.enum(['ENABLED', 'DISABLED']),
  switchedAt: z.number(),
  config: configSchema,
});
export type Integration = z.infer<typeof integrationSchema>;

export type ReportedState = 'ACTIVE' | 'ACTIVATING' | 'INACTIVE' | 'DEACTIVATING';

interface Surroundings extends IntegrationSettings {
  readonly now: () => number;
  /** Called after every change and before the answer leaves. */
  readonly save: () => void;
}

export class Integrations {
  readonly #byId: Map<string, Integration>;
  readonly #around: Surroundings;

  constructor(integrations: readonly Integration[], around: Surroundings) {
    this.#byId = new Map(integrations.map((integration) => [integration.id, integration]));
    this.#around = around;
  }

  all(): readonly Integration[] {
    return [...this.#byId.values()];
  }

  get(id: string): Integration {
    const integration = this.#byId.get(id);
    if (integration === undefined) throw noSuchResource();
    return integration;
  }

  create(body: unknown): Integration {
    const { name, integrationType } = parseBody(newSchema, body);
    const type = integrationTypeOf(integrationType.id);
    const { maxOfAType, now } = this.#around;
    if (this.all().filter(({ typeId }) => typeId === type.id).length >= maxOfAType) throw tooManyOfAType();
    return this.#put({
      id: randomUUID(),
      typeId: type.id,
      intendedState: 'DISABLED',
      // It has been off for ever: nothing is deactivating.
      switchedAt: now() - this.#around.switchMs,
      config: { name, version: 1, properties: {}, advanced: {}, notes: '', credentials: {} },
    });
  }

  switch(id: string, body: unknown): Integration {
    const integration = this.get(id);
    const { intendedState } = parseBody(switchSchema, body);
    if (intendedState === integration.intendedState) return integration;
    return this.#put({ ...integration, intendedState, switchedAt: this.#around.now() });
  }

  configure(id: string, body: unknown): Integration {
    const integration = this.get(id);
    const config = parseBody(configSchema, body);
    if (config.version !== integration.config.version) throw versionConflict();
    const { properties } = config;
    integrationTypeOf(integration.typeId).check(properties);
    return this.#put({ ...integration, config: { ...config, version: config.version + 1 } });
  }

  remove(id: string): Integration {
    const integration = this.get(id);
    this.#byId.delete(id);
    this.#around.save();
    return integration;
  }

  reportedState({ intendedState, switchedAt }: Integration): ReportedState {
    const isThere = this.#around.now() >= switchedAt + this.#around.switchMs;
    if (intendedState === 'ENABLED') return isThere ? 'ACTIVE' : 'ACTIVATING';
    return isThere ? 'INACTIVE' : 'DEACTIVATING';
  }

  #put(integration: Integration): Integration {
    this.#byId.set(integration.id, integration);
    this.#around.save();
    return integration;
  }
}

function tooManyOfAType(): ApiError {
  const message =
    'The maximum number of integrations for this type have already been created. One or more integrations must be ' +
    'removed before a new one can be created.';
  return new ApiError({ status: 400, code: 'max.integrations.reached', message });
}

function versionConflict(): ApiError {
  const message = 'Integration configuration update failed due to version conflict.';
  return new ApiError({ status: 409, code: 'version.conflict', message });
}
