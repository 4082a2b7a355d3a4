import { TEXT_RULES } from '../account-fields.js';
import { identityCenterUrl } from '../import/start-url.js';

/** The label of an account nobody named: `Builder ID`, or its directory; numbered where that is taken. */
export function accountLabel(startUrl: string, taken: ReadonlySet<string>): string {
  const directory = identityCenterUrl(startUrl);
  const name = directory === undefined ? 'Builder ID' : directoryName(directory);
  if (!taken.has(name)) return name;
  // Among so many numbers one more than there are labels is free.
  for (let number = 2; ; number++) {
    const label = `${name} ${number}`;
    if (!taken.has(label)) return label;
  }
}

/** `https://my-company.awsapps.com/start` → `my-company`; of others the whole host. */
function directoryName(startUrl: string): string {
  const { hostname } = new URL(startUrl);
  return hostname.replace(/\.awsapps\.com$/, '').slice(0, TEXT_RULES.label.longest - 10);
}
