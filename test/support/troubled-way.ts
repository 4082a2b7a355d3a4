import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a server on which trouble can be made. */
export class TroubledWay {
  private readonly sockets = new Set<Socket>();
  private isSilent = false;
  private onLost?: () => void;
  private port = 0;

  private constructor(
    private readonly target: URL,
    private readonly server: Server,
  ) {}

  /** @param url of a server, with its port */
  static async to(url: string): Promise<TroubledWay> {
    // Half open: what hangs does not answer a goodbye either.
    const server = createServer({ allowHalfOpen: true });
    const way = new TroubledWay(new URL(url), server);
    server.on('connection', (near) => way.join(near));
    await way.listen();
    return way;
  }

  /** The server's URL by this way. */
  get url(): string {
    const url = new URL(this.target);
    url.host = `127.0.0.1:${this.port}`;
    return url.href;
  }

  /** Connections that were made and are not closed. */
  get connections(): number {
    return this.sockets.size / 2;
  }

  /** From now on every packet is lost, also those of new connections. Resolves once one was. */
  fallSilent(): Promise<void> {
    this.isSilent = true;
    return new Promise((resolve) => {
      this.onLost = resolve;
    });
  }

  /** New connections work again; what was lost stays lost, and with it the connections that lost it. */
  speakAgain(): void {
    this.isSilent = false;
  }

  /** The server is gone: connections are closed, new ones refused. */
  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    if (!this.server.listening) return;
    this.server.close();
    await once(this.server, 'close');
  }

  /** It is back, at the same address. */
  async restart(): Promise<void> {
    await this.listen();
  }

  private async listen(): Promise<void> {
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  private join(near: Socket): void {
    const isLost = this.isSilent;
    const far = connect(Number(this.target.port) || 5432, this.target.hostname);
    let isDead = isLost;
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(from);
      from.on('error', () => undefined);
      from.on('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
      from.on('end', () => {
        if (!isDead && !this.isSilent) to.end();
      });
      from.on('data', (chunk) => {
        isDead ||= this.isSilent;
        if (isDead) this.onLost?.();
        else to.write(chunk);
      });
    }
  }
}
