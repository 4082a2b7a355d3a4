import type { SimulatedAccount } from '../account.js';
import { accessDenied, improperlyFormed, validationError } from '../service-error.js';
import { isPresent, requireText } from './require-value.js';

const profilePattern = /^arn:aws:(codewhisperer|transform):([a-z0-9-]+):\d{12}:profile\/[a-zA-Z0-9]{12}$/;

/** Profiles: an organisation's account needs its own, a Builder ID must send none (sheet §8.3). */
export function checkProfile(value: unknown, account: SimulatedAccount): void {
  if (!isPresent(value)) {
    if (account.kind === 'identity-center') {
      throw validationError(null, 'profileArn is required for this request.');
    }
    return;
  }
  const arn = requireText(value, 'profileArn', { most: 950, pattern: profilePattern });
  if (account.profiles.some((profile) => profile.arn === arn)) {
    return;
  }
  const regions = account.profiles.map((profile) => profileRegion(profile.arn));
  if (regions.length > 0 && !regions.includes(profileRegion(arn))) {
    throw improperlyFormed('profileArn is of another region');
  }
  throw accessDenied('User is not authorized to make this call.');
}

export function profileRegion(arn: string): string | undefined {
  return profilePattern.exec(arn)?.[2];
}
