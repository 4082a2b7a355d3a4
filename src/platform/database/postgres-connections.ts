import { connect, Socket } from 'node:net';
import type pg from 'pg';

/** Longer than a statement of ours takes where the database is well. */
const LONGEST_STATEMENT_MS = 10_000;
/** Except those that add up all requests of an hour. */
const LONG_STATEMENT_MS = 60_000;
const CANCEL_MS = 2_000;
/** Once the database was given up. */
const LAST_CONNECT_MS = 100;
/** Postgres' protocol, "Canceling Requests in Progress": the code that stands in a version's place. */
const CANCEL_REQUEST = 80_877_102;

/** What the server wants to hear from who cancels; pg has no types for it. */
type KnownClient = pg.PoolClient & { processID?: number; secretKey?: number };

/**
 * Closes a connection in use on which nothing moved for so long, so that who waits for it hears of it and nobody else
 * gets it. pg's own `query_timeout` only stops waiting: the connection goes back to the pool, where the next statement
 * hangs too. The server is asked to stop as well: what waits for a lock would do its work later, after it was repeated.
 */
export class PostgresConnections {
  /** Of all connections, also of those that are being made. */
  private readonly sockets = new Set<Socket>();
  private readonly watched = new WeakSet<pg.PoolClient>();

  constructor(
    private readonly pool: pg.Pool,
    private readonly longestMs = LONGEST_STATEMENT_MS,
  ) {
    pool.options.stream = () => this.newSocket();
    pool.on('acquire', (client) => this.watch(client));
    pool.on('release', (_error, client) => socketOf(client).setTimeout(0));
  }

  /** Fails what waits for the database, and soon what will ask it: the service stops and has no time for it. */
  giveUp(): void {
    this.pool.options.connectionTimeoutMillis = LAST_CONNECT_MS;
    for (const socket of this.sockets) socket.destroy(new Error('The database was given up'));
  }

  private newSocket(): Socket {
    return this.keep(new Socket());
  }

  private keep(socket: Socket): Socket {
    this.sockets.add(socket);
    return socket.once('close', () => this.sockets.delete(socket));
  }

  private watch(client: pg.PoolClient): void {
    const socket = socketOf(client);
    socket.setTimeout(this.longestMs);
    if (this.watched.has(client)) return;
    this.watched.add(client);
    if (!this.sockets.has(socket)) this.keep(socket);
    socket.on('timeout', () => {
      cancel(client);
      socket.destroy(new Error(`The database has not answered for ${(socket.timeout ?? 0) / 1000} s`));
    });
  }
}

/** Until it is released. @param client as the pool gave it out */
export function allowLongStatement(client: pg.PoolClient): void {
  socketOf(client).setTimeout(LONG_STATEMENT_MS);
}

function socketOf({ connection }: pg.PoolClient): Socket {
  return connection.stream as Socket;
}

/** On a connection of its own, as the protocol wants it; whether it helps is not told. */
function cancel({ processID, secretKey, host, port }: KnownClient): void {
  if (!processID || typeof secretKey !== 'number') return;
  const request = Buffer.alloc(16);
  for (const [index, word] of [request.length, CANCEL_REQUEST, processID, secretKey].entries())
    request.writeInt32BE(word, index * 4);
  const socket = connect(host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port });
  socket.setTimeout(CANCEL_MS, () => socket.destroy());
  socket.on('error', () => undefined).unref();
  socket.end(request);
}
