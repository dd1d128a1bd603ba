/** A real SMTP server on a free port that keeps what it was sent. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerOptions } from 'smtp-server';

export interface MailSeen {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
}

export interface TestMailServer {
  readonly port: number;
  readonly mails: readonly MailSeen[];
  close(): Promise<void>;
}

/** `refuse`: what it says of a mail that it does not take; null takes it. */
export async function startMailServer(
  options: SMTPServerOptions = {},
  refuse: (text: string) => Error | null | Promise<Error | null> = () => null,
): Promise<TestMailServer> {
  const mails: MailSeen[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    ...options,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => void chunks.push(chunk));
      stream.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          text,
        });
        void Promise.resolve(refuse(text)).then((error) => done(error));
      });
    },
  });
  server.on('error', () => undefined);
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  return {
    port: (listening.address() as AddressInfo).port,
    mails,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
