const EVERY_ADDRESS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' };

/**
 * Where a gateway with this environment answers probes, seen from its own machine: on its management port where it has
 * one (docs/operations.md).
 * @returns such as `http://127.0.0.1:8080`
 * @throws Error when the port can't be known
 */
export function probeAddress(environment: Readonly<Record<string, string | undefined>>): string {
  const { MANAGEMENT_PORT, MANAGEMENT_HOST, PORT, HOST } = environment;
  const name = MANAGEMENT_PORT ? 'MANAGEMENT_PORT' : 'PORT';
  const port = MANAGEMENT_PORT || PORT || '8080';
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new Error(`${name}: not a port`);
  if (Number(port) === 0) throw new Error(`${name} is 0: which port was free when the gateway began, nobody can tell`);
  const host = (MANAGEMENT_PORT && MANAGEMENT_HOST) || HOST || '127.0.0.1';
  return `http://${EVERY_ADDRESS[host] ?? (host.includes(':') ? `[${host}]` : host)}:${port}`;
}
