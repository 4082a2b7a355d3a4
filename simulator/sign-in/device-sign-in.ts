import { randomBytes, randomUUID } from 'node:crypto';
import type { SimulatedAccountOptions } from '../account.js';
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
  decision: 'pending' | 'approved' | 'denied';
  accountOptions: Partial<SimulatedAccountOptions>;
}

const lifetimeSeconds = 600;
const intervalSeconds = 1;
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
      decision: 'pending',
      accountOptions: {},
    });
    return {
      deviceCode,
      userCode,
      verificationUri: `${origin}/device`,
      verificationUriComplete: `${origin}/device?user_code=${userCode}`,
      expiresIn: lifetimeSeconds,
      interval: intervalSeconds,
    };
  }

  /** What the user decided; false when nobody waits under this code. */
  decide(
    userCode: string,
    decision: 'approved' | 'denied',
    accountOptions: Partial<SimulatedAccountOptions> = {},
  ): boolean {
    for (const device of this.#byDeviceCode.values()) {
      if (device.userCode === userCode && device.expiresAt > this.now()) {
        device.decision = decision;
        device.accountOptions = accountOptions;
        return true;
      }
    }
    return false;
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
    const tooFast = now - device.lastPoll < intervalSeconds * 1000;
    device.lastPoll = now;
    if (device.decision === 'denied') {
      throw new SignInError('access_denied', 'The user refused');
    }
    if (device.decision === 'pending') {
      throw tooFast
        ? new SignInError('slow_down', 'Polling too fast')
        : new SignInError('authorization_pending', 'Authorization is pending');
    }
    this.#byDeviceCode.delete(deviceCode);
    return device;
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
