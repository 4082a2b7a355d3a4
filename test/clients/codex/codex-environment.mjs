import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The provider as a user would write it down (openai.md §11); only its base URL is not known yet. */
const CONFIGURATION = `
model_provider = "gateway"
approval_policy = "never"
sandbox_mode = "danger-full-access"
check_for_update_on_startup = false

# They are fetched from elsewhere at each start.
[features]
plugins = false

[analytics]
enabled = false

[feedback]
enabled = false

[otel]
exporter = "none"
trace_exporter = "none"
metrics_exporter = "none"

[model_providers.gateway]
name = "amq-gateway"
env_key = "AMQ_GATEWAY_KEY"
wire_api = "responses"
`;

/**
 * Nothing of this process' environment but the PATH, and a home of its own with its configuration in it.
 * @param {string} folder holds its home, its settings and its temporary files
 * @param {Record<string, string>} more
 */
export async function codexEnvironment(folder, more) {
  const codexHome = await folderIn(folder, 'codex');
  await writeFile(join(codexHome, 'config.toml'), CONFIGURATION);
  return {
    PATH: process.env.PATH,
    HOME: await folderIn(folder, 'home'),
    SHELL: '/bin/bash',
    LANG: 'C.UTF-8',
    CODEX_HOME: codexHome,
    // Not around its home: it warns of a home that is temporary.
    TMPDIR: await folderIn(folder, 'tmp'),
    ...more,
  };
}

async function folderIn(folder, name) {
  const path = join(folder, name);
  await mkdir(path, { recursive: true });
  return path;
}
