/** Syslog, RFC 5424: facility 13 (log audit); the message is the entry as one line of ASCII JSON. */
import { activityOf } from './activity.ts';
import { asciiJson, withoutControls } from './record.ts';
import type { LogSender, SiemRecord } from './record.ts';

const FACILITY = 13;
/** notice, notice, warning, error: audit facts are never debugging. */
const SEVERITY = { 1: 6, 2: 5, 3: 4, 4: 3 } as const;
/** The number that RFC 5612 sets aside for use without one's own. */
export const STRUCTURED_ID = 'audit@32473';

export function formatSyslog(record: SiemRecord, sender: LogSender): string {
  const priority = FACILITY * 8 + SEVERITY[activityOf(record).severity];
  const time = new Date(record.atMs).toISOString();
  return (
    `<${priority}>1 ${time} ${token(sender.host, 255)} assist-rollouts - ${token(record.act, 32)} ` +
    `${structured(record, sender)} ${asciiJson(record.content)}`
  );
}

function structured(record: SiemRecord, sender: LogSender): string {
  const params: [string, string | null][] = [
    ['id', record.id],
    ['log', sender.origin],
    ['leaf', String(record.leaf)],
    ['leafHash', record.leafHash],
    ['actor', record.actor],
    ['act', record.act],
    ['reason', record.reason],
    ['rollout', record.rolloutId],
    ['action', record.action],
    ['version', record.version],
    ['compliance', record.complianceStatus],
  ];
  const given = params.filter((param): param is [string, string] => param[1] !== null);
  return `[${STRUCTURED_ID}${given.map(([name, value]) => ` ${name}="${escapeValue(value)}"`).join('')}]`;
}

/** Values may hold new lines by the letter of the RFC; too many receivers split there, so they become a space. */
function escapeValue(text: string): string {
  return withoutControls(text)
    .replaceAll(/[\n\r\t]/g, ' ')
    .replaceAll(/["\\\]]/g, String.raw`\$&`);
}

/** Printable ASCII without spaces, `-` for nothing. */
function token(text: string, longest: number): string {
  return text.replaceAll(/[^\u0021-\u007e]/g, '_').slice(0, longest) || '-';
}
