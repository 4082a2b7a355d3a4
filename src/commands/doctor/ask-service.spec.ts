import { expect, it } from '@jest/globals';
import { explainFailure, skewOf } from './ask-service.js';
import { checkClock } from './check-services.js';

it.each([
  ['ENOTFOUND', 'DNS'],
  ['ECONNREFUSED', 'Nothing listens there'],
  ['UND_ERR_CONNECT_TIMEOUT', 'firewall'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'NODE_EXTRA_CA_CERTS'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'NODE_EXTRA_CA_CERTS'],
  ['CERT_HAS_EXPIRED', 'clock'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'another host'],
  ['EPROTO', 'speaks no TLS'],
  ['ENEW', 'Look what is between'],
])('explains %s', (code, words) => {
  expect(explainFailure(Object.assign(new Error('words'), { code }))).toEqual({
    problem: 'words',
    advice: expect.stringContaining(words),
  });
});

it('explains a time-out, and the first of several addresses', () => {
  expect(explainFailure(new DOMException('too long', 'TimeoutError')).advice).toContain('firewall');
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  expect(explainFailure(new AggregateError([refused])).problem).toBe('connect ECONNREFUSED');
});

it('knows by the Date of an answer how far the clock is off', () => {
  const told = 'Sun, 22 Nov 2026 05:00:00 GMT';
  expect(skewOf(told, Date.parse(told) + 500)).toBe(0);
  expect(skewOf(told, Date.parse(told) + 90_500)).toBe(90_000);
  expect([skewOf(undefined, 0), skewOf('soon', 0)]).toEqual([undefined, undefined]);
});

it.each([
  [60_000, 'right', 'agrees'],
  [60_001, 'wrong', '60 s ahead'],
  [-3_600_000, 'wrong', '3600 s behind'],
  [undefined, 'open', 'not checked'],
])('judges a clock that is %p ms off', (skew, state, says) => {
  expect(checkClock(skew)).toMatchObject({ state, says: expect.stringContaining(says) });
});
