/** From a plan's `target.kind` to its adapter. */
import { targetDeps } from '../helpers/target-deps.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toFailure } from '../../src/activities/failures.ts';
import { targetSchema } from '../../src/domain/plan/target-schema.ts';
import type { TargetKind } from '../../src/domain/plan/target-schema.ts';
import { createGenesysClient } from '../../src/genesys/client.ts';
import type { GenesysClient } from '../../src/genesys/client.ts';
import { openTargets } from '../../src/targets/index.ts';
import { TARGET_ERROR_CODES, TargetError } from '../../src/targets/target-error.ts';

let client: GenesysClient;
beforeAll(() => {
  client = createGenesysClient({
    loginUrl: 'http://127.0.0.1:1',
    apiUrl: 'http://127.0.0.1:1',
    clientId: 'nobody',
    clientSecret: 'nothing',
    callsPerMinute: 3000,
    now: Date.now,
    sleep: () => Promise.resolve(),
  });
});
afterAll(() => {
  client.close();
});

test('every kind that a plan may name has its target, the same one each time', () => {
  const targets = openTargets(targetDeps(client));
  const kinds = targetSchema.options.map(({ shape }) => shape.kind.value);
  expect(targets.all()).toHaveLength(kinds.length);
  for (const kind of kinds) expect(targets.all()).toContain(targets.of(kind));
});

test.each(['somewhereElse', 'toString', '__proto__', ''])(
  'a kind of a later release, "%s", is an error that says what there is, and is tried again',
  (kind) => {
    const targets = openTargets(targetDeps(client));
    const refused = (): unknown => targets.of(kind as TargetKind);
    expect(refused).toThrow(TargetError);
    expect(refused).toThrow(/agentAssistActions/);
    try {
      refused();
    } catch (error) {
      expect(toFailure(error, () => 0)).toMatchObject({ type: 'UnknownTarget', nonRetryable: false });
    }
  },
);

test('docs/errors.md has a section with cause and way out for every code of a target', () => {
  const doc = readFileSync(join(__dirname, '../../docs/errors.md'), 'utf8');
  for (const code of TARGET_ERROR_CODES)
    expect(doc).toMatch(new RegExp(`\n### ${code}\n\n\\*\\*Cause\\.\\*\\* .{10,}\n\n\\*\\*Way out\\.\\*\\* .{5,}`));
});
