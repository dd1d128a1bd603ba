/** The types of integration that there are here, each with the schema of its properties. */
import { z } from 'zod';
import { ApiError, badRequest, noSuchResource } from '../api-error.ts';

export interface IntegrationType {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** As `configschemas/properties` answers, besides what all have. */
  readonly properties: Readonly<Record<string, object>>;
  /** Throws a 400 for properties that the platform would refuse. */
  check(properties: Readonly<Record<string, unknown>>): void;
}

export const INTERACTION_WIDGET = 'embedded-client-app-interaction-widget';

/** Those that were seen to be taken; `message` was seen to be refused. */
const COMMUNICATION_TYPES = ['call', 'chat', 'email', 'webmessaging', 'open'];

const text = { type: 'string' };
const list = { type: 'array', items: text };
const APP_PROPERTIES = { url: text, sandbox: text, permissions: text, groups: list };
const WIDGET_PROPERTIES = { ...APP_PROPERTIES, queueIdFilterList: list, communicationTypeFilter: text };

const appSchema = z.looseObject({
  url: z.string().max(2048).optional(),
  sandbox: z.string().nullish(),
  permissions: z.string().nullish(),
  groups: z.array(z.string()).optional(),
  queueIdFilterList: z.array(z.string()).optional(),
  communicationTypeFilter: z
    .string()
    .refine((types) => commaSeparated(types).every((type) => COMMUNICATION_TYPES.includes(type)))
    .optional(),
});

const TYPES: readonly IntegrationType[] = [
  {
    id: 'embedded-client-app',
    name: 'Client Application',
    description: 'A page of your own in the desktop',
    properties: APP_PROPERTIES,
    check: checkApp,
  },
  {
    id: INTERACTION_WIDGET,
    name: 'Interaction Widget',
    description: 'A page of your own beside each interaction',
    properties: WIDGET_PROPERTIES,
    check: checkApp,
  },
];

export function integrationTypes(): readonly IntegrationType[] {
  return TYPES;
}

export function findIntegrationType(id: string): IntegrationType {
  const type = TYPES.find((one) => one.id === id);
  if (type === undefined) throw noSuchResource();
  return type;
}

/** Of a new integration. */
export function integrationTypeOf(id: string): IntegrationType {
  const type = TYPES.find((one) => one.id === id);
  if (type === undefined) throw badRequest(`Integration type ${id} is not one of this sandbox.`);
  return type;
}

/** `call, webmessaging` is two. */
export function commaSeparated(list: string): readonly string[] {
  return list
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function checkApp(properties: Readonly<Record<string, unknown>>): void {
  const { error } = appSchema.safeParse(properties);
  if (error === undefined) return;
  const fields = error.issues.map(({ path }) => path.map(String).join('.'));
  throw new ApiError({
    status: 400,
    code: 'bad.request',
    message: 'Input validation error',
    details: fields.map((fieldName) => ({ errorCode: 'invalid.value', fieldName: `properties.${fieldName}` })),
  });
}
