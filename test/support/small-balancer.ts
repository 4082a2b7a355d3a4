import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

const LOOK_EVERY_MS = 100;

/** Connections go in turn to the services whose `/health/ready` said yes when they were asked last. */
export class SmallBalancer {
  private readonly ready = new Set<string>();
  private readonly sockets = new Set<Socket>();
  private readonly timer: NodeJS.Timeout;
  private turn = 0;

  private constructor(
    private readonly server: Server,
    /** Base URLs of those that are asked. */
    readonly services: Set<string>,
  ) {
    server.on('connection', (client) => this.join(client));
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
  }

  static async start(services: Iterable<string>): Promise<SmallBalancer> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const balancer = new SmallBalancer(server, new Set(services));
    await balancer.look();
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  isReady(service: string): boolean {
    return this.ready.has(service);
  }

  async look(): Promise<void> {
    await Promise.all(
      [...this.services].map(async (service) => {
        const isReady = await fetch(`${service}/health/ready`).then(
          ({ ok }) => ok,
          () => false,
        );
        if (isReady) this.ready.add(service);
        else this.ready.delete(service);
      }),
    );
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(client: Socket): void {
    const services = [...this.ready];
    const service = services[this.turn++ % services.length];
    if (!service) {
      client.destroy();
      return;
    }
    const { hostname, port } = new URL(service);
    const far = connect(Number(port), hostname);
    for (const [from, to] of [
      [client, far],
      [far, client],
    ] as const) {
      this.sockets.add(from);
      from.on('error', () => to.destroy()).on('close', () => this.sockets.delete(from));
      from.pipe(to);
    }
  }
}
