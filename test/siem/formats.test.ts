import fc from 'fast-check';
import { leafHash } from '../../src/audit/hash.ts';
import { auditLine } from '../../src/store/audit-line.ts';
import { formatCef } from '../../src/siem/cef.ts';
import { formatOcsf } from '../../src/siem/ocsf.ts';
import { checkpointRecord, entryRecord } from '../../src/siem/record.ts';
import { frame } from '../../src/siem/socket-sink.ts';
import { formatSyslog } from '../../src/siem/syslog.ts';
import { HOSTILE, entry } from '../audit/helpers.ts';
import { parseCef, parseSyslog, splitOctetCounted } from './parsers.ts';

const sender = { origin: 'log.example/audit', host: 'host-1', productVersion: '0.1.0' };

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    ...HOSTILE,
    String.raw`\=\|\n`,
    ' suser=eve',
    ' externalId=x:e0',
    '"] <110>1 - - - - -',
    '\u0085',
    'safe \u202emrah\u202c',
    '\u2066x\u2069',
    '\u000b\u000c\u001c',
    '\u007f',
    '',
    '\\',
    '=',
    ' ',
  ),
);
const anEntry = fc
  .record({
    act: text,
    actor: text,
    reason: text,
    action: text,
    version: text,
    key: text,
    note: text,
    leaf: fc.nat(),
    atMs: fc.integer({ min: 0, max: 4e12 }),
  })
  .map(({ note, leaf, atMs, ...fields }) => ({
    leaf,
    entry: entry(1, { ...fields, at: new Date(atMs), details: { [note]: note } }),
  }));

/** What a format says of texts that it cannot carry. */
const shown = (value: string): string =>
  value.replaceAll(
    /(?![\n\r\t])\p{Cc}|[\u2028\u2029\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\p{Surrogate}]/gu,
    '\uFFFD',
  );
const stored = (value: string): string => value.replaceAll('\u0000', '\uFFFD').replaceAll(/\p{Surrogate}/gu, '\uFFFD');

/**
 * Whatever some reader takes for the end of a line or of a direction of writing, and every other control character; a
 * tab parts nothing.
 */
const LINE_END = /(?!\t)[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u;

test('whatever an entry holds, OCSF is one line that says exactly that', () => {
  fc.assert(
    fc.property(anEntry, ({ leaf, entry: given }) => {
      const line = auditLine(given);
      const written = formatOcsf(entryRecord({ leaf, line }, sender), sender);
      expect(written).not.toMatch(LINE_END);
      expect(written).toMatch(/^[\u0020-\u007e]+$/);
      const read = JSON.parse(written) as Record<string, Record<string, unknown>>;
      expect(read['unmapped']?.['content']).toEqual(JSON.parse(line));
      expect(read['comment']).toBe(stored(given.reason));
      expect(read['metadata']).toMatchObject({ version: '1.8.0', uid: `log.example/audit:e${leaf}` });
      expect(read['type_uid']).toBe(300_400 + Number(read['activity_id']));
      for (const name of [
        'activity_id',
        'category_uid',
        'class_uid',
        'type_uid',
        'severity_id',
        'time',
        'metadata',
        'entity',
      ])
        expect(read).toHaveProperty(name);
      expect(read['entity']).toHaveProperty('uid');
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('whatever an entry holds, CEF is one line whose fields another parser reads back', () => {
  fc.assert(
    fc.property(anEntry, ({ leaf, entry: given }) => {
      const line = auditLine(given);
      const written = formatCef(entryRecord({ leaf, line }, sender), sender);
      expect(written).not.toMatch(LINE_END);
      const { head, extension } = parseCef(written);
      expect(head).toHaveLength(7);
      expect(head.slice(0, 4)).toEqual(['CEF:0', 'Assist Rollouts', 'assist-rollouts', '0.1.0']);
      expect(Number(head[6])).toBeGreaterThan(0);
      expect(extension).toMatchObject({
        externalId: `log.example/audit:e${leaf}`,
        suser: shown(stored(given.actor)),
        reason: shown(stored(given.reason)),
        act: shown(stored(given.act)),
        cs3: shown(stored(given.action ?? '')),
        cn1: String(leaf),
      });
      expect(JSON.parse(extension['cs1'] ?? '')).toEqual(JSON.parse(line));
    }),
    { seed: 2, numRuns: 300 },
  );
});

test('whatever an entry holds, syslog is of the grammar of RFC 5424, on one line, and reads back', () => {
  fc.assert(
    fc.property(anEntry, ({ leaf, entry: given }) => {
      const line = auditLine(given);
      const written = formatSyslog(entryRecord({ leaf, line }, sender), sender);
      expect(written).not.toMatch(LINE_END);
      const { priority, sdId, params, message, time, app } = parseSyslog(written);
      expect([priority >> 3, sdId, app]).toEqual([13, 'audit@32473', 'assist-rollouts']);
      expect(Date.parse(time)).toBe(given.at.getTime());
      expect(params).toMatchObject({
        id: `log.example/audit:e${leaf}`,
        reason: shown(stored(given.reason)).replaceAll(/[\n\r\t]/g, ' '),
      });
      expect(JSON.parse(message)).toEqual(JSON.parse(line));
    }),
    { seed: 3, numRuns: 300 },
  );
});

test('many records in one stream come apart as they went in', () => {
  fc.assert(
    fc.property(fc.array(anEntry, { minLength: 1, maxLength: 8 }), (entries) => {
      const records = entries.map(({ leaf, entry: given }) => entryRecord({ leaf, line: auditLine(given) }, sender));
      const texts = records.map((record) => formatSyslog(record, sender));
      expect(splitOctetCounted(Buffer.from(texts.map((one) => frame(one, 'syslog')).join('')))).toEqual(texts);
      const lines = records.map((record) => formatCef(record, sender));
      expect(
        lines
          .map((one) => frame(one, 'cef'))
          .join('')
          .split('\n')
          .slice(0, -1),
      ).toEqual(lines);
    }),
    { seed: 4, numRuns: 60 },
  );
});

test.each([
  ['validating', {}, 1, 1],
  ['deploying', {}, 10, 1],
  ['splitProven', {}, 3, 1],
  ['pause', {}, 12, 2],
  ['resume', {}, 13, 1],
  ['abort', {}, 11, 3],
  ['ended', { phase: 'promoted' }, 8, 1],
  ['ended', { phase: 'rolledBack' }, 11, 3],
  ['ended', { phase: 'rejected' }, 9, 2],
  ['approve', {}, 99, 1],
  ['retention', {}, 4, 2],
  ['constructor', {}, 99, 1],
])('the act %s with %j is activity %d of severity %d', (act, after, activity, severity) => {
  const line = auditLine(entry(1, { act, after }));
  expect(JSON.parse(formatOcsf(entryRecord({ leaf: 1, line }, sender), sender))).toMatchObject({
    activity_id: activity,
    severity_id: severity,
  });
});

test('an entry carries its leaf hash, a checkpoint its whole note', () => {
  const line = auditLine(entry(4));
  const { unmapped } = JSON.parse(formatOcsf(entryRecord({ leaf: 4, line }, sender), sender)) as {
    unmapped: Record<string, unknown>;
  };
  expect(unmapped).toMatchObject({ leaf: 4, leaf_hash: Buffer.from(leafHash(line)).toString('base64') });
  const note = 'log.example/audit\n4\nAAAA\n\n\u2014 log.example/audit xyz\n';
  const checkpoint = formatOcsf(checkpointRecord({ size: 4, note, at: new Date(0) }, sender), sender);
  expect(JSON.parse(checkpoint)).toMatchObject({
    metadata: { uid: 'log.example/audit:c4' },
    unmapped: { content: { note } },
  });
});
