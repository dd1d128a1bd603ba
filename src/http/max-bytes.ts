/** Reads no more of an answer than anybody needs: a few kilobytes of gzip can be gigabytes. */
import type { CancelableRequest } from 'got';

export class AnswerTooLarge extends Error {
  constructor(maxBytes: number) {
    super(`more than ${maxBytes / 1024 / 1024} MiB, which was cut off`);
    this.name = 'AnswerTooLarge';
  }
}

/** Rejects with `AnswerTooLarge` as soon as more came, unpacked; every other failure comes as it is. */
export async function withMaxBytes<T>(request: CancelableRequest<T>, maxBytes: number): Promise<T> {
  let tooLarge = false;
  void request.on('downloadProgress', ({ transferred }) => {
    tooLarge ||= transferred > maxBytes;
    if (tooLarge) request.cancel();
  });
  try {
    return await request;
  } catch (error) {
    throw tooLarge ? new AnswerTooLarge(maxBytes) : error;
  }
}
