/** The models of the official SDK's declarations, read as text, and what a value has that its model does not. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Field -> type, by the name of the model. */
type Models = ReadonlyMap<string, ReadonlyMap<string, string>>;

export function readModels(): Models {
  const folder = path.dirname(require.resolve('purecloud-platform-client-v2/package.json'));
  const text = readFileSync(path.join(folder, 'index.d.ts'), 'utf8');
  const models = text.matchAll(/export interface (\w+) \{([^]*?)\n\t\}/g);
  return new Map(
    Array.from(models, ([, name = '', body = '']) => [
      name,
      new Map(Array.from(body.matchAll(/"(\w+)"\??: (.+);/g), ([, field = '', type = '']) => [field, type])),
    ]),
  );
}

/** Places of the value that are not of the type, by their path. */
export function strangersIn(value: unknown, type: string, models: Models, at = ''): readonly string[] {
  if (value === undefined) return [];
  const item = /^Array<(.+)>$/.exec(type)?.[1];
  if (item !== undefined)
    return Array.isArray(value) ? value.flatMap((one) => strangersIn(one, item, models, `${at}[]`)) : [at];
  const model = /^Models\.(\w+)$/.exec(type)?.[1];
  if (model === undefined) return isPrimitive(value, type) ? [] : [`${at}: not a ${type}`];
  const fields = models.get(model);
  if (fields === undefined || typeof value !== 'object' || value === null) return [`${at}: not a ${model}`];
  return Object.entries(value).flatMap(([field, inner]) => {
    const known = fields.get(field);
    return known === undefined
      ? [`${at}.${field}: not in ${model}`]
      : strangersIn(inner, known, models, `${at}.${field}`);
  });
}

/** Maps and literal unions are taken as they come. */
function isPrimitive(value: unknown, type: string): boolean {
  return !/^(string|number|boolean)$/.test(type) || typeof value === type;
}
