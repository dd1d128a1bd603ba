/**
 * Downloads the Temporal CLI as its makers released it, and takes it only if it is, bit by bit, the archive that is
 * known here.
 * The download that the SDK offers checks nothing.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { makeFolder } from '../../files/make-folder.ts';
import { TEMPORAL_CLI_VERSION } from './go-install.ts';

export interface Release {
  /** Folder of the archives. */
  readonly url: string;
  /** SHA-256 of the archive for `<platform>_<architecture>`, as its name has them. */
  readonly sha256: Readonly<Record<string, string>>;
}

/** As published lists of packages hold them; two lists agree, but for linux_arm64, which only one of them has. */
const RELEASE: Release = {
  url: `https://github.com/temporalio/cli/releases/download/v${TEMPORAL_CLI_VERSION}`,
  sha256: {
    linux_amd64: 'ddc95e08b0b076efd4ea9733a3f488eb7d2be875f8834e616cd2a37358b4852d',
    linux_arm64: 'bd1b0db9f18b051026de8bf6cc1505f2510f14bbb7a8b9a4a91fff46c77454f5',
    darwin_amd64: 'bbb73e2a31135abe50a1f1cdb35030c42961df618e8ce9c60ae89f201540c5d9',
    darwin_arm64: 'cca01b7ea35ad56e2a328d9ae596bf716bd22313ef63c7a761c88354457c2415',
  },
};

export interface DownloadOptions {
  /** Where the executable shall lie; its folder is made. */
  readonly path: string;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  readonly release?: Release;
  /** Gives up when nothing has arrived for this long. */
  readonly idleMs?: number;
}

/** Undefined when the executable lies at `path`, else why not. Rejects when the signal aborts. */
export async function downloadRelease(options: DownloadOptions): Promise<string | undefined> {
  const { url, sha256 } = options.release ?? RELEASE;
  const platform = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const expected = sha256[platform];
  if (expected === undefined) return `no download is known for ${platform}, so none could be checked`;
  makeFolder(dirname(options.path));
  const folder = await mkdtemp(join(dirname(options.path), 'download-'));
  try {
    const archive = join(folder, 'archive.tar.gz');
    options.log(`downloading the Temporal CLI ${TEMPORAL_CLI_VERSION}`);
    const found = await fetchArchive(
      `${url}/temporal_cli_${TEMPORAL_CLI_VERSION}_${platform}.tar.gz`,
      archive,
      options,
    );
    if (found !== expected)
      return (
        `what ${url} sent is not the release of ${platform} that is known: its SHA-256 is ${found}, expected ` +
        `${expected}. It was thrown away`
      );
    await promisify(execFile)('tar', ['-xzf', archive, '-C', folder, 'temporal']);
    await chmod(join(folder, 'temporal'), 0o755);
    await rename(join(folder, 'temporal'), options.path);
    return undefined;
  } catch (error) {
    options.signal?.throwIfAborted();
    return `the download failed: ${whyOf(error)}`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The archive in a file; its SHA-256. */
async function fetchArchive(url: string, file: string, { signal, idleMs = 8_000 }: DownloadOptions): Promise<string> {
  const idle = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const arrived = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => idle.abort(new Error(`nothing arrived for ${idleMs / 1000} s`)), idleMs);
  };
  arrived();
  try {
    const response = await fetch(url, {
      signal: AbortSignal.any([idle.signal, ...(signal === undefined ? [] : [signal])]),
    });
    if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}`);
    const hash = createHash('sha256');
    let bytes = 0;
    await pipeline(
      Readable.fromWeb(response.body),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          arrived();
          bytes += chunk.length;
          if (bytes > MAX_ARCHIVE_BYTES) throw new Error(`${url} sends more than ${MAX_ARCHIVE_BYTES} bytes`);
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(file, { mode: 0o600 }),
    );
    return hash.digest('hex');
  } finally {
    clearTimeout(timer);
  }
}

/** Four times what the archive has. */
const MAX_ARCHIVE_BYTES = 256 * 1024 * 1024;

/** `fetch failed` tells nothing; its cause does. */
function whyOf(error: unknown): string {
  const { message, cause } = error as { readonly message?: string; readonly cause?: { readonly message?: string } };
  return [message, cause?.message].filter(Boolean).join(': ') || String(error);
}
