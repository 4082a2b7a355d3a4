import { randomBytes, randomUUID } from 'node:crypto';
import type { RefreshFailure, SimulatedAccountOptions } from '../account.js';
import { SignInError } from './sign-in-error.js';

interface DeviceClient {
  clientId: string;
  clientSecret: string;
  startUrl: string;
}

interface Device extends DeviceClient {
  userCode: string;
  expiresAt: number;
  lastPoll: number;
  intervalSeconds: number;
  pollFailures: RefreshFailure[];
  decision: 'pending' | 'approved' | 'denied';
  accountOptions: Partial<SimulatedAccountOptions>;
}

const lifetimeSeconds = 600;
const initialIntervalSeconds = 1;
/** Each `slow_down` asks for so much more between polls (sheet §9.1, RFC 8628 §3.5). */
const slowDownSeconds = 5;
const deviceLimit = 10_000;

/** Sign-ins by device code that wait for their user (sheet §9.1). */
export class DeviceSignIn {
  readonly #byDeviceCode = new Map<string, Device>();

  constructor(private readonly now: () => number) {}

  start(client: DeviceClient, origin: string): object {
    this.#forgetExpired();
    if (this.#byDeviceCode.size >= deviceLimit) {
      throw new SignInError('slow_down', 'Too many sign-ins are waiting');
    }
    const deviceCode = randomUUID();
    const userCode = newUserCode();
    this.#byDeviceCode.set(deviceCode, {
      ...client,
      userCode,
      expiresAt: this.now() + lifetimeSeconds * 1000,
      lastPoll: Number.NEGATIVE_INFINITY,
      intervalSeconds: initialIntervalSeconds,
      pollFailures: [],
      decision: 'pending',
      accountOptions: {},
    });
    return {
      deviceCode,
      userCode,
      verificationUri: `${origin}/device`,
      verificationUriComplete: `${origin}/device?user_code=${userCode}`,
      expiresIn: lifetimeSeconds,
      interval: initialIntervalSeconds,
    };
  }

  /** What the user decided; false when nobody waits under this code. */
  decide(
    userCode: string,
    decision: 'approved' | 'denied',
    accountOptions: Partial<SimulatedAccountOptions> = {},
  ): boolean {
    const device = this.#waiting(userCode);
    if (device) {
      device.decision = decision;
      device.accountOptions = accountOptions;
    }
    return device !== undefined;
  }

  /** What the next polls of this sign-in get instead of an answer, one each; false when nobody waits under this code. */
  failPolls(userCode: string, failures: readonly RefreshFailure[]): boolean {
    const device = this.#waiting(userCode);
    device?.pollFailures.push(...failures);
    return device !== undefined;
  }

  /** The failure that this poll is to get, if any. It is a poll like others: the next one has to wait its turn. */
  takeFailure(deviceCode: unknown): RefreshFailure | undefined {
    const device = typeof deviceCode === 'string' ? this.#byDeviceCode.get(deviceCode) : undefined;
    const failure = device?.pollFailures.shift();
    if (device && failure) {
      device.lastPoll = this.now();
      if ('error' in failure && failure.error === 'slow_down') {
        device.intervalSeconds += slowDownSeconds;
      }
    }
    return failure;
  }

  /** One poll. Throws until the user approved; an approved code works once. */
  redeem(clientId: string, deviceCode: string): Device {
    const device = this.#byDeviceCode.get(deviceCode);
    if (!device || device.clientId !== clientId) {
      throw new SignInError('invalid_grant', 'Invalid device code provided');
    }
    const now = this.now();
    if (device.expiresAt <= now) {
      throw new SignInError('expired_token', 'Device code has expired');
    }
    const tooFast = now - device.lastPoll < device.intervalSeconds * 1000;
    device.lastPoll = now;
    if (device.decision === 'denied') {
      throw new SignInError('access_denied', 'The user refused');
    }
    if (device.decision === 'pending') {
      if (!tooFast) {
        throw new SignInError('authorization_pending', 'Authorization is pending');
      }
      device.intervalSeconds += slowDownSeconds;
      throw new SignInError('slow_down', 'Polling too fast');
    }
    this.#byDeviceCode.delete(deviceCode);
    return device;
  }

  #waiting(userCode: string): Device | undefined {
    for (const device of this.#byDeviceCode.values()) {
      if (device.userCode === userCode && device.expiresAt > this.now()) {
        return device;
      }
    }
    return undefined;
  }

  // Expired ones stay for one more life time, so that their clients are told so.
  #forgetExpired(): void {
    const oldest = this.now() - lifetimeSeconds * 1000;
    for (const [deviceCode, device] of this.#byDeviceCode) {
      if (device.expiresAt < oldest) {
        this.#byDeviceCode.delete(deviceCode);
      }
    }
  }
}

function newUserCode(): string {
  const letters = 'BCDFGHJKLMNPQRSTVWXZ';
  const code = [...randomBytes(8)].map((byte) => letters[byte % letters.length]).join('');
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}
