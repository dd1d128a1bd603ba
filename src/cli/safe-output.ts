/**
 * Whatever a verb prints passes here: secrets are cut, and text of others steers no terminal. No verb can forget it.
 */
import { printable } from '../domain/text/printable.ts';
import type { Redact } from '../domain/text/redact.ts';
import { withOwnColours } from '../telemetry/own-colours.ts';
import type { Output } from './deps.ts';

export function safeOutput(out: Output, redact: Redact): Output {
  const clean = (text: string) => withOwnColours(text, (part) => printable(redact(part)));
  return { ...out, clean, stdout: (text) => out.stdout(clean(text)), stderr: (text) => out.stderr(clean(text)) };
}
