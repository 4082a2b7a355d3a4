import { setTimeout as delay } from 'node:timers/promises';
import { formatTable, printable } from '../format-table.js';
import { type GatewayOptions, remoteIn } from '../gateway-options.js';
import { printJson } from '../print-json.js';
import { RefusedError } from '../remote-gateway.js';
import { FAILED } from '../statuses.js';
import type { Surroundings } from '../surroundings.js';
import type { SignIn, SignIns, WantedSignIn } from './sign-ins.js';

export interface LogInOptions extends GatewayOptions {
  label?: string;
  startUrl?: string;
  region?: string;
  profile?: string;
  account?: string;
}

const LOOK_EVERY_MS = 1_000;
/** A gateway that restarts is back by then. */
const MOST_MISSED_LOOKS = 30;

/** Signs an account in: shows where to confirm, and waits. Interrupted, it cancels what it began. */
export async function logIn(options: LogInOptions, surroundings: Surroundings): Promise<void> {
  const signIns = await openSignIns(options, surroundings);
  try {
    const { label, startUrl, region, profile: profileArn, account: accountId } = options;
    const signIn = await signInAs({ label, startUrl, region, profileArn, accountId }, signIns, surroundings);
    if (signIn) await tellEnd(signIn, options, surroundings);
  } finally {
    await signIns.close();
  }
}

async function openSignIns(options: GatewayOptions, surroundings: Surroundings): Promise<SignIns> {
  const remote = await remoteIn(options, surroundings);
  if (remote) return new (await import('./remote-sign-ins.js')).RemoteSignIns(remote);
  const { LocalGateway } = await import('../local-gateway.js');
  const { LocalSignIns } = await import('./local-sign-ins.js');
  return new LocalSignIns(await LocalGateway.open(surroundings.environment));
}

/** @returns how it ended; undefined when it was interrupted */
async function signInAs(
  wanted: WantedSignIn,
  signIns: SignIns,
  surroundings: Surroundings,
): Promise<SignIn | undefined> {
  const { output } = surroundings;
  const interruption = surroundings.interruption();
  const begun = await signIns.start(wanted);
  output.tell(`Open   ${printable(begun.verificationUriComplete)}`);
  output.tell(`Code   ${printable(begun.userCode)}   (good until ${begun.expiresAt}; Ctrl-C cancels)`);
  try {
    return await waitForEnd(begun, signIns, surroundings);
  } catch (error) {
    output.show('');
    // One that was refused is over; of another one nothing shall be left, as nobody waits for it any more.
    await signIns.cancel(begun.loginId).catch(() => undefined);
    if (!interruption.aborted) throw error;
    output.tell('Cancelled');
    return undefined;
  }
}

async function waitForEnd(begun: SignIn, signIns: SignIns, surroundings: Surroundings): Promise<SignIn> {
  const signal = surroundings.interruption();
  let current = begun;
  for (let missed = 0; current.status === 'pending'; ) {
    if (current.profiles) {
      current = await chooseProfile(current, signIns, surroundings);
      continue;
    }
    surroundings.output.show(`Waiting for the confirmation${current.reason ? `: ${printable(current.reason)}` : ''}`);
    await delay(LOOK_EVERY_MS, undefined, { signal });
    try {
      current = await signIns.look(begun.loginId);
      missed = 0;
    } catch (error) {
      if (error instanceof RefusedError || ++missed > MOST_MISSED_LOOKS) throw error;
    }
  }
  surroundings.output.show('');
  return current;
}

async function chooseProfile(signIn: SignIn, signIns: SignIns, { output, ask }: Surroundings): Promise<SignIn> {
  const { loginId, profiles = [] } = signIn;
  const rows = profiles.map(({ arn, name, region }, index) => [String(index + 1), name, region, arn]);
  output.tell(formatTable([['', 'profile', 'region', 'ARN'], ...rows]).trimEnd());
  if (!ask) throw new Error('This sign-in may use several profiles: do it again with --profile ARN');
  for (;;) {
    const chosen = profiles[Number(await ask(`Which one? 1 to ${profiles.length}: `)) - 1];
    if (chosen) return signIns.choose(loginId, chosen.arn);
  }
}

async function tellEnd(signIn: SignIn, { json }: LogInOptions, surroundings: Surroundings): Promise<void> {
  const { output } = surroundings;
  const { status, reason, accountId } = signIn;
  if (status !== 'complete') surroundings.status = FAILED;
  if (json) return printJson(output, signIn);
  const why = reason ? `: ${printable(reason)}` : '';
  if (status === 'complete') await output.print(`Signed in: account ${accountId}${why}\n`);
  else output.tell(status === 'denied' ? `The sign-in was denied${why}` : `The sign-in did not come about${why}`);
}
