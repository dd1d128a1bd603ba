/** Assistants with their copilots. Neither has a version: the last writer wins, and `dateModified` tells that there was one. */
import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { badRequest, conflict, noSuchResource, parseBody } from '../api-error.ts';
import { assistantBodySchema, copilotBodySchema } from './bodies.ts';
import type { Assistant } from './bodies.ts';

type Copilot = NonNullable<Assistant['copilot']>;

export interface AssistantsSettings {
  readonly uniqueNames: boolean;
  readonly now: () => number;
  readonly save: () => void;
}

export class Assistants {
  readonly #settings: AssistantsSettings;
  readonly #byId: Map<string, Assistant>;

  constructor(assistants: readonly Assistant[], settings: AssistantsSettings) {
    this.#settings = settings;
    this.#byId = new Map(assistants.map((assistant) => [assistant.id, assistant]));
  }

  /** In the order in which they were made. */
  all(): readonly Assistant[] {
    return [...this.#byId.values()];
  }

  find(id: string): Assistant | undefined {
    return this.#byId.get(id);
  }

  get(id: string): Assistant {
    const assistant = this.#byId.get(id);
    if (assistant === undefined) throw noSuchResource();
    return assistant;
  }

  create(body: unknown, by: string): Assistant {
    const parsed = parseBody(assistantBodySchema, body);
    this.#assertNamed(parsed, undefined);
    const id = randomUUID();
    const now = this.#now();
    return this.#put({
      ...parsed,
      id,
      state: 'Active',
      dateCreated: now,
      dateModified: now,
      createdBy: { id: by },
      modifiedBy: { id: by },
      selfUri: `/api/v2/assistants/${id}`,
    });
  }

  update(id: string, body: unknown, by: string): Assistant {
    const known = this.get(id);
    const parsed = parseBody(assistantBodySchema, body);
    this.#assertNamed(parsed, id);
    return this.#put({ ...known, ...parsed, ...this.#modified(by) });
  }

  remove(id: string): void {
    this.get(id);
    this.#byId.delete(id);
    this.#settings.save();
  }

  copilotOf(id: string): Copilot {
    const { copilot } = this.get(id);
    if (copilot === undefined) throw noSuchResource();
    return copilot;
  }

  /** The whole document: a part that is left out is gone. */
  putCopilot(id: string, body: unknown, by: string): Copilot {
    const known = this.get(id);
    const parsed = parseBody(copilotBodySchema, body);
    const language = known.copilot?.defaultLanguage;
    if (language !== undefined && language !== parsed.defaultLanguage)
      throw badRequest(`The default language of a copilot cannot be changed; it is ${language}.`);
    const copilot = { ...withRuleIds(parsed), enabled: true, selfUri: `${known.selfUri}/copilot` };
    this.#put({ ...known, copilot, ...this.#modified(by) });
    return copilot;
  }

  #put(assistant: Assistant): Assistant {
    this.#byId.set(assistant.id, assistant);
    this.#settings.save();
    return assistant;
  }

  #modified(by: string): Pick<Assistant, 'dateModified' | 'modifiedBy'> {
    return { dateModified: this.#now(), modifiedBy: { id: by } };
  }

  #assertNamed({ name }: { readonly name: string }, id: string | undefined): void {
    if (!this.#settings.uniqueNames) return;
    if (this.all().some((other) => other.name === name && other.id !== id)) throw conflict('name');
  }

  #now(): string {
    return new Date(this.#settings.now()).toISOString();
  }
}

function withRuleIds(body: z.infer<typeof copilotBodySchema>): z.infer<typeof copilotBodySchema> {
  if (body.ruleEngineConfig === undefined) return body;
  const rules = body.ruleEngineConfig.rules.map((rule) => ({ ...rule, id: rule.id ?? randomUUID() }));
  return { ...body, ruleEngineConfig: { ...body.ruleEngineConfig, rules } };
}
