import { describe, expect, it } from '@jest/globals';
import { textProblem } from '../account-fields.js';
import { accountLabel } from './account-label.js';

describe('accountLabel', () => {
  it.each([
    ['https://view.awsapps.com/start', [], 'Builder ID'],
    ['https://view.awsapps.com/start', ['Builder ID', 'Builder ID 3'], 'Builder ID 2'],
    ['https://view.awsapps.com/start', ['Builder ID', 'Builder ID 2'], 'Builder ID 3'],
    ['https://my-company.awsapps.com/start', ['Builder ID'], 'my-company'],
    ['https://my-company.awsapps.com/start', ['my-company'], 'my-company 2'],
    ['https://identitycenter.amazonaws.com/ssoins-1234', [], 'identitycenter.amazonaws.com'],
  ])('of %s beside %j is %s', (startUrl, taken, label) => {
    expect(accountLabel(startUrl, new Set(taken))).toBe(label);
  });

  it('is one that an account may have, however long the host is', () => {
    const host = `${'x'.repeat(60)}.${'y'.repeat(60)}.example`;
    const first = accountLabel(`https://${host}/start`, new Set());
    const second = accountLabel(`https://${host}/start`, new Set([first]));
    expect([first, second].map((label) => textProblem('label', label))).toEqual([undefined, undefined]);
  });
});
