/** operators.yaml, read anew at each question: who was taken out of it is out at once. */
import type { Operators } from '../domain/identity/operators.ts';
import { parseOperators } from '../domain/identity/operators-schema.ts';
import { readBounded, whyUnread } from '../files/read-bounded.ts';
import { readYamlText, yamlFaultText } from '../files/yaml.ts';
import { IdentityError } from './errors.ts';

export const MAX_OPERATORS_BYTES = 4 * 1024 * 1024;

export interface OperatorsSource {
  /** As the file is now; as it last was where it cannot be used. */
  now(): Promise<Operators>;
}

export interface OperatorsLogger {
  error(fields: object, message: string): void;
  info(fields: object, message: string): void;
}

/** Throws an IdentityError when the file cannot be used: nothing begins with a list that nobody meant. */
export async function openOperators(file: string, logger: OperatorsLogger): Promise<OperatorsSource> {
  let text = await read(file);
  let good = parseText(file, text);
  let told = '';
  const tellOnce = (error: unknown): void => {
    const why = error instanceof Error ? error.message : String(error);
    if (why === told) return;
    told = why;
    logger.error(
      { file, err: error },
      'operators.yaml cannot be used: who may act is what it said before. Mend it now',
    );
  };
  return {
    async now() {
      try {
        const fresh = await read(file);
        if (fresh !== text || told !== '') {
          good = parseText(file, fresh);
          text = fresh;
          told = '';
          logger.info({ file, operators: good.operators.length }, 'operators.yaml was read anew');
        }
      } catch (error) {
        tellOnce(error);
      }
      return good;
    },
  };
}

/** For who looks at it once. */
export async function loadOperators(file: string): Promise<Operators> {
  return parseText(file, await read(file));
}

async function read(file: string): Promise<string> {
  return readBounded(file, { maxBytes: MAX_OPERATORS_BYTES }).catch((cause: unknown) => {
    throw unusable(file, [`It cannot be read: ${whyUnread(cause)}.`], cause);
  });
}

/** An empty file is what is left of one in the middle of being written: it takes nobody out. */
function parseText(file: string, text: string): Operators {
  const read = readYamlText(text);
  if ('fault' in read) throw unusable(file, [yamlFaultText(read.fault)]);
  const raw = read.value;
  const parsed = parseOperators(raw);
  if (parsed.ok) return parsed.operators;
  throw unusable(
    file,
    parsed.problems.map(({ path, message, remedy }) => `${path === '' ? '' : `${path}: `}${message} ${remedy}`),
  );
}

function unusable(file: string, problems: readonly string[], cause?: unknown): IdentityError {
  return new IdentityError(
    'operators-invalid',
    [`${file} cannot be used:`, ...problems.slice(0, 20)].join('\n'),
    'Mend the file; docs/people.md tells its fields.',
    { cause },
  );
}
