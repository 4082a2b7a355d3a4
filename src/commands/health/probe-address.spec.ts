import { expect, it } from '@jest/globals';
import { probeAddress } from './probe-address.js';

it.each([
  ['nothing set', {}, 'http://127.0.0.1:8080'],
  ['the image', { HOST: '0.0.0.0' }, 'http://127.0.0.1:8080'],
  ['every IPv6 address', { HOST: '::', PORT: '9000' }, 'http://[::1]:9000'],
  ['one IPv6 address', { HOST: 'fd00::2' }, 'http://[fd00::2]:8080'],
  ['a name', { HOST: 'gateway.internal', PORT: '80' }, 'http://gateway.internal:80'],
  ['a management port on the same address', { HOST: '0.0.0.0', MANAGEMENT_PORT: '9090' }, 'http://127.0.0.1:9090'],
  [
    'a management port on its own',
    { HOST: '0.0.0.0', MANAGEMENT_HOST: '10.0.0.5', MANAGEMENT_PORT: '9090' },
    'http://10.0.0.5:9090',
  ],
  ['a management address without a port', { MANAGEMENT_HOST: '10.0.0.5' }, 'http://127.0.0.1:8080'],
  ['empty variables', { HOST: '', PORT: '', MANAGEMENT_PORT: '', MANAGEMENT_HOST: '' }, 'http://127.0.0.1:8080'],
])('asks where probes are answered: %s', (_, environment, address) => {
  expect(probeAddress(environment)).toBe(address);
});

it.each([
  [{ PORT: '0' }, 'PORT is 0'],
  [{ PORT: '8080', MANAGEMENT_PORT: '0' }, 'MANAGEMENT_PORT is 0'],
  [{ PORT: 'eighty' }, 'PORT: not a port'],
  [{ MANAGEMENT_PORT: '70000' }, 'MANAGEMENT_PORT: not a port'],
])('says why it can ask nobody: %j', (environment, words) => {
  expect(() => probeAddress(environment)).toThrow(words);
});
