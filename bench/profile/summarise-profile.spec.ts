import { describe, expect, it } from '@jest/globals';
import { type CpuProfile, summariseProfile } from './summarise-profile.js';

const node = (id: number, functionName: string, url: string) => ({
  id,
  callFrame: { functionName, url, lineNumber: 4 },
});

const profile: CpuProfile = {
  nodes: [
    node(1, '(idle)', ''),
    node(2, 'push', 'file:///somewhere/dist/src/core/decode.js'),
    node(3, '', 'file:///somewhere/node_modules/@nestjs/core/dist/router.js'),
    node(4, 'writev', ''),
    node(5, 'push', 'file:///somewhere/dist/src/core/decode.js'),
    node(6, 'emit', 'node:_http_agent'),
  ],
  samples: [1, 2, 3, 4, 5, 6, 1],
  timeDeltas: [0, 100, 10, 20, 30, 10, 30],
  startTime: 1000,
};

describe('the summary of a profile', () => {
  it('adds up self time by function, wherever it was called from, and leaves idle time out', () => {
    const { functions, busyMicroseconds } = summariseProfile(profile);

    expect(busyMicroseconds).toBe(100);
    expect(functions).toEqual([
      { name: 'writev', microseconds: 30, share: 0.3 },
      { name: 'emit node:_http_agent:5', microseconds: 30, share: 0.3 },
      { name: 'push src/core/decode.js:5', microseconds: 20, share: 0.2 },
      { name: '(anonymous) node_modules/@nestjs/core/dist/router.js:5', microseconds: 20, share: 0.2 },
    ]);
  });

  it('adds up by room, package and part of Node', () => {
    const names = summariseProfile(profile).origins.map(({ name }) => name);

    expect(names).toEqual(['(native)', 'node:http', 'src/core', '@nestjs/core']);
  });

  it('counts only what lies between two moments', () => {
    expect(summariseProfile(profile, 1110, 1131).functions.map(({ microseconds }) => microseconds)).toEqual([30, 20]);
  });
});
