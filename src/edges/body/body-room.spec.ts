import { expect, it } from '@jest/globals';
import { BodyRoom } from './body-room.js';

it('holds as much as eight of the largest bodies for a key, and sixteen for all', () => {
  const room = new BodyRoom(10);
  expect(room.take('a', 80)).toBe(true);
  expect(room.take('a', 1)).toBe(false);
  expect(room.take('b', 79)).toBe(true);
  expect(room.take('c', 2)).toBe(false);
  expect(room.take('c', 1)).toBe(true);
});

it('has room again for what was given back, and nothing left over of refused ones', () => {
  const room = new BodyRoom(10);
  room.take('a', 80);
  room.take('a', 50);
  room.give('a', 80);
  expect(room.take('a', 80)).toBe(true);
  expect(room.take('b', 80)).toBe(true);
});
