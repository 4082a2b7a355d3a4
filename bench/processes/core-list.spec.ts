import { expect, it } from '@jest/globals';
import { parseCoreList } from './core-list.js';

it.each([
  ['0-1\n', [0, 1]],
  ['3', [3]],
  ['0,2-4,7', [0, 2, 3, 4, 7]],
  ['', [0]],
  ['none', []],
])('reads %j', (text, cores) => {
  expect(parseCoreList(text)).toEqual(cores);
});
