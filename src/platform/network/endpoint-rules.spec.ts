import { describe, expect, it } from '@jest/globals';
import { endpointProblem } from './endpoint-rules.js';

const PRIVATE = 'must not lead to a private address (ALLOW_PRIVATE_ENDPOINTS allows it)';

describe('endpointProblem', () => {
  it.each([
    'https://api.anthropic.com',
    'https://api.anthropic.com/v1/',
    'http://models.example.com:8443/anthropic',
    'https://8.8.8.8/',
    'https://[2606:4700::1111]/',
    'https://api.example.com./',
    'https://EXAMPLE.com',
  ])('finds nothing wrong with %s', (url) => {
    expect(endpointProblem(url, false)).toBeUndefined();
  });

  it.each([
    ['', 'must be a URL such as https://api.example.com/'],
    ['api.example.com', 'must be a URL such as https://api.example.com/'],
    ['https://', 'must be a URL such as https://api.example.com/'],
    ['ftp://api.example.com/', 'must begin with https:// or http://'],
    ['file:///etc/passwd', 'must begin with https:// or http://'],
    ['javascript:alert(1)', 'must begin with https:// or http://'],
    ['https://user@api.example.com/', 'must not contain credentials'],
    ['https://:secret@api.example.com/', 'must not contain credentials'],
    ['https://api.example.com/#part', 'must not have a fragment'],
    ['https://api.example.com/#', 'must not have a fragment'],
    ['https://api.example.com/?a=b', 'must not have a query'],
    [`https://api.example.com/${'a'.repeat(2048)}`, 'must be at most 2048 characters long'],
  ])('says what is wrong with %s, whatever is allowed', (url, problem) => {
    expect(endpointProblem(url, false)).toBe(problem);
    expect(endpointProblem(url, true)).toBe(problem);
  });

  it.each([
    ['loopback', 'http://127.0.0.1:8080/'],
    ['loopback, short', 'http://127.1/'],
    ['loopback in decimal', 'http://2130706433/'],
    ['loopback in hexadecimal', 'http://0x7f000001/'],
    ['loopback in octal', 'http://0177.0.0.1/'],
    ['loopback with a dot behind it', 'http://127.0.0.1./'],
    ['loopback in full-width digits', 'http://１２７.０.０.１/'],
    ['loopback of IPv6', 'http://[::1]/'],
    ['loopback mapped', 'http://[::ffff:127.0.0.1]/'],
    ['any address', 'http://0.0.0.0/'],
    ['private', 'https://10.1.2.3/'],
    ['private', 'https://192.168.0.1/'],
    ['private', 'https://172.16.0.1/'],
    ['private of IPv6', 'https://[fd00::1]/'],
    ['link-local of IPv6', 'https://[fe80::1]/'],
    ['the clouds’ metadata', 'http://169.254.169.254/latest/meta-data/'],
    ['metadata by name', 'http://metadata.google.internal/'],
    ['metadata mapped', 'http://[::ffff:169.254.169.254]/'],
    ['metadata translated', 'http://[64:ff9b::169.254.169.254]/'],
    ['this machine’s name', 'http://localhost:3000/'],
    ['this machine’s name with a dot', 'http://localhost./'],
    ['this machine’s name in capitals', 'http://LOCALHOST/'],
    ['a name below it', 'http://api.localhost/'],
    ['a name without a dot', 'http://database:5432/'],
    ['a name of the network', 'http://printer.local/'],
    ['a router’s name', 'http://router.home.arpa/'],
  ])('refuses %s unless it is allowed: %s', (_what, url) => {
    expect(endpointProblem(url, false)).toBe(PRIVATE);
    expect(endpointProblem(url, true)).toBeUndefined();
  });
});
