import { printJson } from '../print-json.js';
import { keyFor, RemoteGateway } from '../remote-gateway.js';
import { FAILED } from '../statuses.js';
import { type Surroundings, UsageError } from '../surroundings.js';
import { examineHere } from './examine-here.js';
import { examineRunning } from './examine-running.js';
import type { Finding } from './finding.js';
import { formatFinding } from './format-finding.js';
import type { DoctorOptions } from './register-doctor.js';

/** Checks one thing after the other, and tells each at once. */
export async function runDoctor(options: DoctorOptions, surroundings: Surroundings): Promise<void> {
  const { output } = surroundings;
  const findings: Finding[] = [];
  for await (const finding of await examine(options, surroundings)) {
    findings.push(finding);
    if (!options.json) await output.print(formatFinding(finding, output));
  }
  const problems = findings.filter(({ state }) => state === 'wrong').length;
  if (problems > 0) surroundings.status = FAILED;
  if (options.json) await printJson(output, { ok: problems === 0, findings });
  else
    output.tell(
      problems === 0 ? 'Nothing is wrong' : problems === 1 ? 'One thing is wrong' : `${problems} things are wrong`,
    );
}

async function examine(options: DoctorOptions, surroundings: Surroundings): Promise<AsyncIterable<Finding>> {
  const { url, keyFile, request } = options;
  if (url === undefined) {
    if (keyFile !== undefined) throw new UsageError('--key-file is for --url');
    return examineHere(surroundings.environment, { request });
  }
  const key = await keyFor(keyFile, surroundings);
  // Refuses what is no URL, and warns of a key that would go in the clear.
  const { name } = RemoteGateway.withKey(url, key, surroundings);
  return examineRunning(name, { key, request });
}
