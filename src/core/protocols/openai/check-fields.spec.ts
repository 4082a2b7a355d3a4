import { describe, expect, it } from '@jest/globals';
import { refusalOf } from '../../../../test/support/refusal-of.js';
import {
  bodyOf,
  booleanOf,
  integerOf,
  listOf,
  nameOf,
  numberOf,
  objectOf,
  oneOf,
  optionalBoolean,
  optionalInteger,
  optionalList,
  optionalNumber,
  optionalObject,
  optionalString,
  stringOf,
} from './check-fields.js';

type Check = (value: unknown, param: string) => unknown;

const temperature: Check = (value, param) => numberOf(value, param, { min: 0, max: 2 });
const atLeastOne: Check = (value, param) => integerOf(value, param, 1);
const colour: Check = (value, param) => oneOf(value, param, ['red', 'blue']);
const short: Check = (value, param) => nameOf(value, param, 3);

describe('checks of one field', () => {
  it.each<[Check, unknown, unknown]>([
    [stringOf, '', ''],
    [booleanOf, false, false],
    [objectOf, { a: 1 }, { a: 1 }],
    [listOf, [1], [1]],
    [temperature, 1.5, 1.5],
    [temperature, 0, 0],
    [temperature, '1.5', 1.5],
    [atLeastOne, 1, 1],
    [atLeastOne, '100', 100],
    [colour, 'red', 'red'],
    [short, 'abc', 'abc'],
  ])('%p takes %j', (check, value, expected) => {
    expect(check(value, 'field')).toEqual(expected);
  });

  it.each<[Check, unknown, string, string]>([
    [stringOf, 5, 'invalid_type', "Invalid type for 'a[0].b': expected a string, but got an integer instead."],
    [stringOf, null, 'invalid_type', "Invalid type for 'a[0].b': expected a string, but got null instead."],
    [stringOf, undefined, 'missing_required_parameter', "Missing required parameter: 'a[0].b'."],
    [booleanOf, 'true', 'invalid_type', "Invalid type for 'a[0].b': expected a boolean, but got a string instead."],
    [objectOf, [], 'invalid_type', "Invalid type for 'a[0].b': expected an object, but got an array instead."],
    [listOf, {}, 'invalid_type', "Invalid type for 'a[0].b': expected an array, but got an object instead."],
    [temperature, true, 'invalid_type', "Invalid type for 'a[0].b': expected a number, but got a boolean instead."],
    [temperature, '1e3', 'invalid_type', "Invalid type for 'a[0].b': expected a number, but got a string instead."],
    [temperature, 2.1, 'invalid_value', "Invalid 'a[0].b': expected a value <= 2, but got 2.1 instead."],
    [temperature, -1, 'invalid_value', "Invalid 'a[0].b': expected a value >= 0, but got -1 instead."],
    [
      atLeastOne,
      1.5,
      'invalid_type',
      "Invalid type for 'a[0].b': expected an integer, but got a decimal number instead.",
    ],
    [atLeastOne, 0, 'invalid_value', "Invalid 'a[0].b': expected a value >= 1, but got 0 instead."],
    [colour, 'green', 'invalid_value', "Invalid value for 'a[0].b': 'green'. Supported values are: 'red', 'blue'."],
    [short, '', 'invalid_value', "Invalid 'a[0].b': expected a string of 1 to 3 characters, but got one of 0."],
    [short, 'abcd', 'invalid_value', "Invalid 'a[0].b': expected a string of 1 to 3 characters, but got one of 4."],
  ])('%p refuses %j', (check, value, code, message) => {
    expect(refusalOf(() => check(value, 'a[0].b'))).toMatchObject({
      kind: 'invalid_request',
      path: 'a[0].b',
      code,
      message,
    });
  });

  it.each<[Check]>([
    [optionalString],
    [optionalBoolean],
    [optionalNumber],
    [optionalInteger],
    [optionalList],
    [optionalObject],
  ])('%p takes null and nothing for a field that is left out, and no wrong type', (check) => {
    expect([check(null, 'field'), check(undefined, 'field')]).toEqual([undefined, undefined]);
    expect(refusalOf(() => check(Symbol.iterator, 'field')).code).toBe('invalid_type');
  });

  it('names a limit of lists', () => {
    const { code, message } = refusalOf(() => listOf(new Array(100_001), 'input'));
    expect([code, message]).toEqual([
      'invalid_value',
      "Invalid 'input': array too long. Expected at most 100000 items, but got 100001.",
    ]);
  });

  it("repeats no more than the beginning of a client's own words", () => {
    expect(refusalOf(() => colour('x'.repeat(1_000_000), 'field')).message.length).toBeLessThan(250);
  });
});

describe('bodyOf', () => {
  const nested = (levels: number) => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);

  it('takes an object, up to 200 levels deep', () => {
    const body = { messages: nested(200) };
    expect(bodyOf(body)).toBe(body);
  });

  it.each([[[]], ['text'], [null], [undefined], [5]])('refuses %j', (body) => {
    expect(refusalOf(() => bodyOf(body))).toMatchObject({ code: 'invalid_type', path: undefined });
  });

  it('names the field that is nested deeper', () => {
    expect(refusalOf(() => bodyOf({ a: 1, messages: nested(201) }))).toMatchObject({
      code: 'invalid_value',
      path: 'messages',
      message: "Invalid 'messages': nested more than 200 levels deep.",
    });
    expect(refusalOf(() => bodyOf({ messages: nested(100_000) })).path).toBe('messages');
  });
});
