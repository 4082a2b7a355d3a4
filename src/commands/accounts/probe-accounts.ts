import { inParallel } from '../../accounts/health/in-parallel.js';
import { formatTable } from '../format-table.js';
import { type GatewayOptions, remoteIn } from '../gateway-options.js';
import { printJson } from '../print-json.js';
import { FAILED } from '../statuses.js';
import type { Surroundings } from '../surroundings.js';
import type { ProbedAccount, Probes } from './probes.js';

const AT_ONCE = 4;

/**
 * Sends a real, minimal request through each account. The status is `FAILED` when one was not answered, or there is none.
 * @param ids none: all that are enabled
 */
export async function probeAccounts(
  ids: readonly string[],
  options: GatewayOptions,
  surroundings: Surroundings,
): Promise<void> {
  const { output } = surroundings;
  const probes = await openProbes(options, surroundings);
  try {
    const wanted = ids.length > 0 ? [...new Set(ids)] : await probes.enabled();
    let done = 0;
    const probed = await inParallel(wanted, AT_ONCE, async (id) => {
      const account = await probes.probe(id);
      output.show(`${++done} of ${wanted.length}`);
      return account;
    });
    output.show('');
    if (options.json) await printJson(output, { data: probed });
    else await output.print(table(probed, output.columns));
    if (wanted.length === 0) output.tell('There is no account that is enabled');
    if (wanted.length === 0 || probed.some(({ ok }) => !ok)) surroundings.status = FAILED;
  } finally {
    await probes.close();
  }
}

async function openProbes(options: GatewayOptions, surroundings: Surroundings): Promise<Probes> {
  const remote = await remoteIn(options, surroundings);
  if (remote) return new (await import('./remote-probes.js')).RemoteProbes(remote);
  const { LocalGateway } = await import('../local-gateway.js');
  const { LocalProbes } = await import('./local-probes.js');
  return new LocalProbes(await LocalGateway.open(surroundings.environment));
}

function table(probed: readonly ProbedAccount[], columns: number | undefined): string {
  const rows = probed.map(({ id, label, ok, status, model, latencyMs, error = '' }) => [
    id,
    label,
    ok ? 'answered' : 'failed',
    status,
    model,
    `${latencyMs} ms`,
    error,
  ]);
  return formatTable([['id', 'label', 'probe', 'status', 'model', 'took', 'error'], ...rows], columns);
}
