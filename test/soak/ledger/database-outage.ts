import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** How a database is away: its host answers nothing any more, or refuses connections. */
export type Outage = 'silent' | 'refused';

/** Stands between a gateway and its database, and takes it away for a while. */
export class DatabaseOutage implements AsyncDisposable {
  private readonly sockets = new Set<Socket>();
  private outage: Outage | undefined;

  private constructor(
    private readonly server: Server,
    private readonly database: URL,
  ) {
    server.on('connection', (socket) => this.connected(socket));
  }

  static async before(database: string): Promise<DatabaseOutage> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new DatabaseOutage(server, new URL(database));
  }

  /** For the gateway, in place of the database's own. */
  get url(): string {
    const url = new URL(this.database);
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  begin(outage: Outage): void {
    this.outage = outage;
    for (const socket of this.sockets) {
      if (outage === 'refused') socket.destroy();
      else socket.pause();
    }
  }

  /** Connections of before are gone: nobody knows what became of what was on its way. */
  end(): void {
    this.outage = undefined;
    for (const socket of this.sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.close();
    this.end();
    await once(this.server, 'close');
  }

  private connected(socket: Socket): void {
    if (this.outage === 'refused') {
      socket.destroy();
      return;
    }
    this.keep(socket);
    if (this.outage === 'silent') {
      socket.pause();
      return;
    }
    const database = connect(Number(this.database.port || '5432'), this.database.hostname);
    this.keep(database);
    // What is paused passes nothing on: neither end hears of it.
    socket.on('data', (bytes) => database.write(bytes));
    database.on('data', (bytes) => socket.write(bytes));
    socket.on('close', () => database.destroy());
    database.on('close', () => socket.destroy());
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => this.sockets.delete(socket));
  }
}
