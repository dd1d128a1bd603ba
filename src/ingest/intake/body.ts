/** The bytes of a push, exactly as sent, since the signature is over them. */
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { MemoryBudget, Reservation } from './memory-budget.ts';
import { IngestRefusal } from '../problem.ts';
import type { IngestProblemCode } from '../problem.ts';

export const MAX_BYTES = 1024 * 1024;

/** A body that is not whole after so long must have brought so much in each such time. */
const BODY_MS = 5_000;
const MIN_BYTES = 64 * 1024;

export interface HeldBody {
  readonly bytes: Uint8Array;
  readonly reservation: Reservation;
}

/**
 * Stops reading at the limit, when nothing more comes, and when it must make room. Whoever gets the body releases
 * its reservation.
 */
export async function readBody(
  request: Request,
  budget: MemoryBudget,
  { incoming, bodyMs = BODY_MS }: { readonly incoming?: Readable | undefined; readonly bodyMs?: number },
): Promise<HeldBody> {
  if ((request.headers.get('content-encoding') ?? 'identity') !== 'identity')
    throw new IngestRefusal('body-encoding-unsupported');
  const announced = request.headers.get('content-length');
  if (/^\d{1,15}$/.test(announced ?? '') && Number(announced) > MAX_BYTES) throw new IngestRefusal('body-too-large');
  return collect(
    incoming ??
      (request.body === null ? Readable.from([]) : Readable.fromWeb(request.body as ReadableStream<Uint8Array>)),
    budget,
    bodyMs,
  );
}

function collect(source: Readable, budget: MemoryBudget, bodyMs: number): Promise<HeldBody> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let [bytes, lately] = [0, 0];
    let settled = false;
    const settle = (): boolean => {
      const first = !settled;
      settled = true;
      clearInterval(pace);
      source.off('data', take);
      return first;
    };
    const refuse = (code: IngestProblemCode): void => {
      if (!settle()) return;
      reservation.release();
      reject(new IngestRefusal(code));
    };
    const take = (chunk: Uint8Array): void => {
      bytes += chunk.byteLength;
      lately += chunk.byteLength;
      if (bytes > MAX_BYTES) refuse('body-too-large');
      else if (reservation.grow(chunk.byteLength)) chunks.push(chunk);
      else refuse('overloaded');
    };
    const reservation = budget.reserve(() => refuse('overloaded'));
    const pace = setInterval(() => {
      if (lately < MIN_BYTES) refuse('body-too-slow');
      lately = 0;
    }, bodyMs);
    source.on('data', take);
    source.once('end', () => {
      if (settle())
        resolve({
          reservation,
          bytes: chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks),
        });
    });
    // Kept on: what comes after a refusal must find somebody who listens.
    source.on('error', () => refuse('body-incomplete'));
    source.once('close', () => refuse('body-incomplete'));
  });
}
