import { join } from 'node:path';
import type { ClientSettings, GatewaySettings, Merged } from './client-settings.js';

/** `dotenv`: what `docker --env-file`, Compose and libraries of that name read. */
export const SHELLS = ['sh', 'fish', 'powershell', 'dotenv'] as const;
export type Shell = (typeof SHELLS)[number];

const FIRST_LINE = '# Written by `amq-gateway client setup env`; its --undo removes this file';
const EXTENSIONS: Record<Shell, string> = { sh: '.sh', fish: '.fish', powershell: '.ps1', dotenv: '.env' };

/** The variables that the official SDKs and most tools read. */
export function gatewayVariables({ url, key, model }: GatewaySettings): Record<string, string> {
  return {
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_AUTH_TOKEN: key,
    ANTHROPIC_MODEL: model,
    OPENAI_BASE_URL: `${url}/v1`,
    OPENAI_API_KEY: key,
    OPENAI_MODEL: model,
    AMQ_GATEWAY_KEY: key,
  };
}

/** A file of variables, for a shell to read. */
export class EnvironmentSettings implements ClientSettings {
  readonly client = 'env';
  readonly isSecret = true;
  readonly advice: readonly string[] = [];
  readonly values: Readonly<Record<string, string>>;

  /**
   * @param path absolute
   * @param gateway undefined: only `takeOut` is wanted
   */
  constructor(
    readonly path: string,
    private readonly shell: Shell,
    gateway?: GatewaySettings,
  ) {
    this.values = gateway ? gatewayVariables(gateway) : {};
  }

  print(): string {
    const lines = Object.entries(this.values).map(([name, value]) => assignment(this.shell, name, value));
    return `${lines.join('\n')}\n`;
  }

  merge(text: string, replace: boolean): Merged {
    if (text !== '' && !replace) {
      throw new Error(
        `${this.path} is there already, and this command did not write it: take another --file, or --replace`,
      );
    }
    return { text: `${FIRST_LINE}\n${this.print()}`, values: {}, notes: [] };
  }

  takeOut(): never {
    throw new Error(`${this.path} was changed since this command wrote it: look at it, and remove it by hand`);
  }
}

/** Where the file is, unless it is named. */
export function environmentFile(
  home: string,
  environment: Readonly<Record<string, string | undefined>>,
  shell: Shell,
): string {
  return join(environment.XDG_CONFIG_HOME || join(home, '.config'), 'amq-gateway', `env${EXTENSIONS[shell]}`);
}

/** The shell of this user, as far as its environment tells. */
export function shellOf(environment: Readonly<Record<string, string | undefined>>, platform: string): Shell {
  if (environment.SHELL) return environment.SHELL.endsWith('/fish') ? 'fish' : 'sh';
  return platform === 'win32' ? 'powershell' : 'sh';
}

/** How the shell takes such a file in. */
export function readingLine(shell: Shell, path: string): string | undefined {
  const quoted = quote(shell, path);
  return { sh: `. ${quoted}`, fish: `source ${quoted}`, powershell: `. ${quoted}`, dotenv: undefined }[shell];
}

function assignment(shell: Shell, name: string, value: string): string {
  switch (shell) {
    case 'sh':
      return `export ${name}=${quote(shell, value)}`;
    case 'fish':
      return `set -gx ${name} ${quote(shell, value)}`;
    case 'powershell':
      return `$env:${name} = ${quote(shell, value)}`;
    case 'dotenv':
      return `${name}=${value}`;
  }
}

function quote(shell: Shell, value: string): string {
  if (shell === 'powershell') return `'${value.replaceAll("'", "''")}'`;
  if (shell === 'fish') return `'${value.replaceAll(/[\\']/g, '\\$&')}'`;
  return `'${value.replaceAll("'", "'\\''")}'`;
}
