/** What the service's libraries need, undici first of all. */
const OLDEST_NODE = [24, 15] as const;

/** Ends the process with words, where an import would end it with a stack. @param version such as `24.15.0` */
export function refuseOldNode(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  process.stderr.write(`amq-gateway runs on Node.js ${OLDEST_NODE.join('.')} or newer; this is ${version}\n`);
  process.exit(1);
}
