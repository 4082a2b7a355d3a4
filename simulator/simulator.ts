import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { SimulatedAccount, SimulatedAccountOptions } from './account.js';
import { Accounts } from './accounts.js';
import type { Answer, Responder } from './answer.js';
import { AnswerQueue } from './answers/answer-queue.js';
import { handleRequest } from './handle-request.js';
import { type RecordedRequest, Records } from './records.js';
import { SignIn } from './sign-in/sign-in.js';
import type { SimulatorState } from './simulator-state.js';

// The types that programs against a simulator need, so that they know one file.
export type { SimulatedAccount, SimulatedAccountOptions } from './account.js';
export type { AcceptedRequest, Answer, Responder, ScriptedEvent } from './answer.js';
export type { RecordedRequest } from './records.js';

export interface SimulatorOptions {
  /** Default: any free one. */
  port?: number;
  host?: string;
  /** Epoch milliseconds; decides about expiry. */
  now?: () => number;
  /** Seconds an access token lives. */
  tokenLifetime?: number;
  /** `false` keeps no record of requests: for measurements. */
  recordRequests?: boolean;
  /** `false` takes any JSON body as a good request: for measurements. Tokens and quotas are checked all the same. */
  checks?: boolean;
}

// Longer than any client keeps an idle connection, so that it is never the simulator that closes first.
const keepAliveMilliseconds = 75_000;
const backlog = 4096;

/** A stand-in for Amazon Q Developer: API, control plane and token endpoint on one port. */
export class Simulator {
  /** Runs the API's operations; the token endpoint is `POST {url}/token`. */
  readonly url: string;
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly state: SimulatorState,
    host: string,
  ) {
    const { port } = server.address() as AddressInfo;
    this.url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  static async start(options: SimulatorOptions = {}): Promise<Simulator> {
    const { port = 0, host = '127.0.0.1', now = Date.now, tokenLifetime = 3600 } = options;
    const accounts = new Accounts(now, tokenLifetime);
    const state: SimulatorState = {
      now,
      accounts,
      signIn: new SignIn(accounts, now),
      answers: new AnswerQueue(),
      records: new Records(),
      checks: options.checks ?? true,
      recordRequests: options.recordRequests ?? true,
      responder: undefined,
      openStreams: 0,
    };
    const server = createServer({ keepAliveTimeout: keepAliveMilliseconds, noDelay: true }, (request, response) => {
      void handleRequest(request, response, state);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port, host, backlog }, resolve);
    });
    return new Simulator(server, state, host);
  }

  /** A new account; without options everything about it is fresh and good. */
  addAccount(options: Partial<SimulatedAccountOptions> = {}): SimulatedAccount {
    return this.state.accounts.add(options);
  }

  /** Programs the answers; `undefined` brings the default brain back. */
  answer(responder: Responder | undefined): void {
    this.state.responder = responder;
  }

  /** Answers to be given once each, in this order, before the responder is asked. */
  enqueue(...answers: Answer[]): void {
    this.state.answers.add(answers);
  }

  /** The same for the requests of one account; these come before the ones for anyone. */
  enqueueFor(accountId: string, ...answers: Answer[]): void {
    this.state.answers.add(answers, accountId);
  }

  get accounts(): readonly SimulatedAccount[] {
    return this.state.accounts.all();
  }

  /** The newest requests received, oldest first; the control routes are not among them. */
  get requests(): readonly RecordedRequest[] {
    return this.state.records.list;
  }

  /** Accepted requests whose answer has not ended. */
  get openStreams(): number {
    return this.state.openStreams;
  }

  get openSockets(): number {
    return this.#sockets.size;
  }

  /** Forgets scripts, responder and records; accounts stay as they are. */
  reset(): void {
    this.state.answers.clear();
    this.state.responder = undefined;
    this.state.records.clear();
  }

  /** Stops listening and destroys every connection; timers of open answers end with them. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.#sockets) {
      socket.destroy();
    }
    await closed;
  }
}
