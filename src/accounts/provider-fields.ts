import type { FieldProblem } from '../core/errors.js';
import type { Provider } from './account.js';

/** Fields that accounts of one provider have and the others' have not. */
const OWN_FIELDS: Record<Provider, readonly string[]> = {
  amazonq: [
    'clientId',
    'clientSecret',
    'refreshToken',
    'accessToken',
    'accessTokenExpiresAt',
    'registrationExpiresAt',
    'profileArn',
    'region',
    'ssoRegion',
    'apiEndpoint',
    'tokenEndpoint',
    'binding',
    'origin',
    'startUrl',
  ],
  anthropic: ['baseUrl', 'apiKey'],
};

/** Fields of the input that belong to the other provider's accounts. Null is as good as left out. */
export function foreignFields(input: object, provider: Provider): FieldProblem[] {
  const other = provider === 'amazonq' ? 'anthropic' : 'amazonq';
  const given = new Map(Object.entries(input));
  return OWN_FIELDS[other]
    .filter((field) => given.get(field) != null)
    .map((path) => ({ path, message: `${path} is for accounts of provider ${other}, and this one is of ${provider}` }));
}
