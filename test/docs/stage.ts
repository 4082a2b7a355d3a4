import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gatewayEnvironment } from '../../simulator/gateway-environment.js';
import { Simulator } from '../../simulator/simulator.js';
import type { CommandBlock } from './command-blocks.js';
import { GatewayProcess } from './gateway-process.js';
import { ProjectCopy } from './project-copy.js';
import { readerEnvironment } from './reader-environment.js';
import { type BlockResult, runSession } from './run-session.js';

const ADMIN_KEY = 'admin-key-of-the-reader';
const ADDRESS = 'localhost:8080';

/** Where the blocks of documents are run, one document after the other. */
export class Stage {
  readonly folder = mkdtempSync(join(tmpdir(), 'amq-docs-'));
  private readonly project: ProjectCopy;

  constructor(
    root: string,
    private readonly keep: boolean,
  ) {
    process.once('exit', () => this.remove());
    this.project = new ProjectCopy(root, join(this.folder, 'amq-gateway'));
  }

  /** @param path of the document, for the name of the folder that keeps what its blocks printed */
  async run(
    path: string,
    blocks: readonly CommandBlock[],
    onResult: (result: BlockResult) => void,
  ): Promise<BlockResult[]> {
    const name = basename(path, '.md');
    const home = join(this.folder, 'homes', name);
    mkdirSync(home, { recursive: true });
    this.project.makeClean();
    const simulator = await Simulator.start();
    const environment = readerEnvironment(process.env, home);
    try {
      const accounts = ['seat-1', 'seat-2'].map((id) => simulator.addAccount({ id }));
      const settings = gatewayEnvironment(simulator.url, accounts);
      const gateway = await GatewayProcess.start(this.project.path, {
        ...environment,
        ...settings,
        ADMIN_API_KEY: ADMIN_KEY,
      });
      try {
        const { AMAZONQ_API_ENDPOINT, AMAZONQ_TOKEN_ENDPOINT } = settings;
        const reader = new Reader(simulator.url);
        return await runSession(blocks, {
          folder: join(this.folder, 'sessions', name),
          workFolder: this.project.path,
          environment: { ...environment, AMAZONQ_API_ENDPOINT, AMAZONQ_TOKEN_ENDPOINT, KEY: ADMIN_KEY },
          replacements: new Map([
            [ADDRESS, `localhost:${gateway.port}`],
            ['127.0.0.1:8080', `127.0.0.1:${gateway.port}`],
          ]),
          onOutput: (text) => reader.sees(text),
          onResult,
        });
      } finally {
        await gateway.stop();
      }
    } finally {
      await simulator.close();
    }
  }

  remove(): void {
    if (!this.keep) rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}

/** Opens the addresses of sign-ins that it sees, and allows access. */
class Reader {
  private readonly opened = new Set<string>();

  constructor(private readonly service: string) {}

  sees(text: string): void {
    for (const [, code = ''] of text.matchAll(/\buser_code=([A-Z0-9-]+)/g)) {
      if (this.opened.has(code)) continue;
      this.opened.add(code);
      // A code of no sign-in is refused, and that is all.
      void fetch(`${this.service}/__simulator/device/${code}/approve`, { method: 'POST', body: '{}' }).catch(
        () => undefined,
      );
    }
  }
}
