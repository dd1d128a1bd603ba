/** The PostgreSQL server that all test files share: each asks it for databases of its own, which have the schema. */
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { openDatabase } from '../../src/store/open.ts';
import { askBroker } from './ask-broker.ts';
import { findPostgres, startPostgres } from './postgres.ts';

export interface SharedPostgres {
  /** Of a fresh database with the schema of the store and nothing in it; each call makes another. */
  createDatabase(): Promise<string>;
  /** Drops what was made. */
  close(): Promise<void>;
}

/** How many sessions all files together may have. */
const SESSIONS = 400;

/** In jest's parent process: the server, with the database that all others begin as. */
export async function serveTemplate(): Promise<{ readonly template: string; close(): Promise<void> }> {
  const bin = findPostgres();
  if (bin === null) throw new Error('PostgreSQL is not installed here.');
  const server = await startPostgres(bin, { settings: { max_connections: SESSIONS } });
  try {
    const template = await server.createDatabase();
    await (await openDatabase({ kind: 'pg', url: template })).close();
    return { template, close: () => server.stop() };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

export async function sharedPostgres(): Promise<SharedPostgres> {
  const template = new URL(await askBroker('postgres'));
  const names: string[] = [];
  const client = new Client({ connectionString: withPath(template, 'postgres') });
  await client.connect();
  return {
    async createDatabase() {
      const name = `test_${randomUUID().replaceAll('-', '')}`;
      await client.query(`create database ${name} template ${template.pathname.slice(1)}`);
      names.push(name);
      return withPath(template, name);
    },
    async close() {
      for (const name of names) await client.query(`drop database ${name} with (force)`);
      await client.end();
    },
  };
}

function withPath(template: URL, name: string): string {
  const url = new URL(template);
  url.pathname = name;
  return url.href;
}
