/** Secrets that are none: those that stand in our own examples, and those that anybody would try first. */
import { readWebhookKey } from '../webhooks/secret.ts';

/** Every value of deploy/env.example that stands for a secret; a test reads that file. */
const PUBLISHED: ReadonlySet<string> = new Set([
  'changeMeAssist',
  'changeMeWorker',
  'changeMeEvents',
  'changeMeTemporal',
  'changeMeChangeMePanelSession',
  'changeMeChangeMe',
  'sandbox-secret',
  'whsec_Y2hhbmdlLW1lLWNoYW5nZS1tZS1jaGFuZ2UtbWUhIQ==',
  'whsec_Y2hhbmdlLW1lLWNoYW5nZS1tZS1tZXRyaWNzLW1lISE=',
]);

const EXAMPLE = 'is an example that everybody can read';
const GUESSED = 'can be guessed: it is no random value';

/** What is wrong with it, null when nothing is. For keys and tokens that a machine made. */
export function weaknessOfKey(secret: string): string | null {
  const bytes = readWebhookKey(secret) ?? new TextEncoder().encode(secret);
  return (
    weaknessOfPassword(secret) ??
    weaknessOfPassword(new TextDecoder('latin1').decode(bytes)) ??
    (isRegular(bytes) ? GUESSED : null)
  );
}

/** For what others made, such as a database's password or the organisation's client secret. */
export function weaknessOfPassword(text: string): string | null {
  return PUBLISHED.has(text) || /change[-_. ]?me|your[-_. ]?(own|secret|password|token|key)/i.test(text)
    ? EXAMPLE
    : null;
}

/** Of 24 random bytes or 16 random letters, fewer than 8 are different only once in many millions. */
const MIN_DIFFERENT_BYTES = 8;

/** Few different bytes, or each as far from the one before as that is from the one before it. */
function isRegular(bytes: Uint8Array): boolean {
  const steps = new Set(Array.from(bytes.slice(1), (byte, at) => (byte - (bytes[at] ?? 0)) & 0xff));
  return new Set(bytes).size < MIN_DIFFERENT_BYTES || steps.size <= 2;
}
