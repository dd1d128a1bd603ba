// The thread that the embedded PostgreSQL lives in, so that its long computations never hold up the process's event
// loop.
// Plain JavaScript, for a thread starts outside every transpiler. Answers the messages that pglite-calls.ts sends.
const { parentPort, workerData } = require('node:worker_threads');
const { readFileSync } = require('node:fs');
const { PGlite } = require('@electric-sql/pglite');

const { dataDir, image, textOids } = workerData;
const asText = (text) => text;
/**
 * The values of these types travel as PostgreSQL writes them; the other side reads them as it does with a real server.
 */
const parsers = Object.fromEntries(textOids.map((oid) => [oid, asText]));
/** Parameters come as text already; by default a boolean and bytes would be insisted on for these. */
const serializers = { 16: asText, 17: asText };

/** To begin as a dump costs a fifth of what a new database does. */
const inMemory = () => (image === undefined ? {} : { loadDataDir: new Blob([readFileSync(image)]) });

const transactions = new Map();
const listeners = new Map();
let pglite;

const calls = {
  async open() {
    pglite = await (dataDir === null ? PGlite.create(inMemory()) : PGlite.create(dataDir));
  },

  async query({ sql, params, transaction }) {
    const on = transaction === undefined ? pglite : transactions.get(transaction).queries;
    const { rows, fields } = await on.query(sql, params, { rowMode: 'array', parsers, serializers });
    return { rows, fields: fields.map(({ name, dataTypeID }) => ({ name, oid: dataTypeID })) };
  },

  /** Answers when the transaction has begun; it stays open, and everyone else waits, until `end`. */
  begin({ transaction }) {
    return new Promise((begun, failed) => {
      const ended = pglite.transaction(
        (queries) =>
          new Promise((commit, rollBack) => {
            transactions.set(transaction, { queries, commit, rollBack, ended });
            begun();
          }),
      );
      ended.catch(failed);
    });
  },

  async end({ transaction, commit }) {
    const open = transactions.get(transaction);
    transactions.delete(transaction);
    if (commit) open.commit();
    else open.rollBack(new RolledBack());
    await open.ended.catch((error) => {
      if (!(error instanceof RolledBack)) throw error;
    });
  },

  async listen({ channel, listener }) {
    listeners.set(listener, await pglite.listen(channel, (payload) => parentPort.postMessage({ listener, payload })));
  },

  async unlisten({ listener }) {
    await listeners.get(listener)?.();
    listeners.delete(listener);
  },

  /** What was asked before is done first. */
  async close() {
    await pglite.transaction(() => undefined);
    await pglite.close();
  },
};

class RolledBack extends Error {}

parentPort.on('message', ({ id, call, args }) => {
  calls[call](args).then(
    (value) => parentPort.postMessage({ id, value }),
    (error) => {
      // After a trap the memory of the database cannot be trusted: this thread ends, and every caller is told.
      if (error instanceof WebAssembly.RuntimeError) throw error;
      parentPort.postMessage({ id, error: toPlain(error) });
    },
  );
});

/** Without what the driver adds (statement, parameters): errors are logged, and parameters are people's data. */
function toPlain(error) {
  const { message, errno, code, severity, detail, hint, where, schema, table, column, constraint } = error;
  return { message: String(message), errno, code, severity, detail, hint, where, schema, table, column, constraint };
}
