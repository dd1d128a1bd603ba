/** ArcSight Common Event Format, version 0. */
import { activityOf } from './activity.ts';
import { asciiJson, withoutControls } from './record.ts';
import type { LogSender, SiemRecord } from './record.ts';

const SEVERITY = { 1: 3, 2: 5, 3: 7, 4: 9 } as const;

export function formatCef(record: SiemRecord, sender: LogSender): string {
  const activity = activityOf(record);
  const head = [
    'CEF:0',
    'Assist Rollouts',
    'assist-rollouts',
    sender.productVersion,
    record.act || 'unnamed',
    activity.name,
    String(SEVERITY[activity.severity]),
  ];
  return `${head.map(escapeHead).join('|')}|${extensionsOf(record, sender)
    .map(([key, value]) => `${key}=${escapeValue(value)}`)
    .join(' ')}`;
}

function extensionsOf(record: SiemRecord, sender: LogSender): [string, string][] {
  const labelled = (slot: string, label: string, value: string | null): [string, string][] =>
    value === null
      ? []
      : [
          [slot, value],
          [`${slot}Label`, label],
        ];
  return [
    ['externalId', record.id],
    ['rt', String(record.atMs)],
    ['dvchost', sender.host],
    ['suser', record.actor],
    ['act', record.act],
    ['reason', record.reason],
    ...labelled('cn1', 'leaf', String(record.leaf)),
    ...labelled('cs1', 'content', asciiJson(record.content)),
    ...labelled('cs2', 'rolloutId', record.rolloutId),
    ...labelled('cs3', 'action', record.action),
    ...labelled('cs4', 'version', record.version),
    ...labelled('cs5', 'complianceStatus', record.complianceStatus),
    ...labelled('cs6', 'leafHash', record.leafHash),
  ];
}

/** A header has no escape for a new line, so it becomes a space; `act` in the extension has the whole text. */
function escapeHead(text: string): string {
  return withoutControls(text)
    .replaceAll(/[\\|]/g, String.raw`\$&`)
    .replaceAll(/[\n\r\t]/g, ' ');
}

function escapeValue(text: string): string {
  return withoutControls(text)
    .replaceAll(/[\\=]/g, String.raw`\$&`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\r', String.raw`\r`);
}
