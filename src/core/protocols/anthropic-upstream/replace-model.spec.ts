import { describe, expect, it } from '@jest/globals';
import { replaceModel } from './replace-model.js';

const replaced = (json: string, model = 'new') => replaceModel(Buffer.from(json), model).toString();

describe('replaceModel', () => {
  it.each([
    ['the only field', '{"model":"old"}', '{"model":"new"}'],
    ['odd spacing', ' {\r\n\t"model"  :\n "old" ,"a":1 }\n', ' {\r\n\t"model"  :\n "new" ,"a":1 }\n'],
    ['the last of several', '{"a":[1,{"b":2}],"model":"old"}', '{"a":[1,{"b":2}],"model":"new"}'],
    ['a key in escapes', '{"\\u006dodel":"old"}', '{"\\u006dodel":"new"}'],
    ['a name in escapes', '{"model":"o\\"ld\\\\"}', '{"model":"new"}'],
    ['a name that is there twice', '{"model":"one","a":"x","model":"two"}', '{"model":"new","a":"x","model":"new"}'],
    ['a name in several bytes', '{"model":"mödèl 模型"}', '{"model":"new"}'],
  ])('replaces %s', (_what, json, expected) => {
    expect(replaced(json)).toBe(expected);
  });

  it.each([
    ['in an object below', '{"a":{"model":"old"},"b":[{"model":"old"}]}'],
    ['as a value', '{"a":"model","b":["model","old"]}'],
    ['inside a text', '{"a":"{\\"model\\":\\"old\\"}"}'],
    ['behind a text that ends in backslashes', '{"a":"\\\\","b":"\\\\\\"model"}'],
    ['that is no text', '{"model":null,"x":["model"]}'],
    ['as part of a key', '{"models":"old","my model":"old","":""}'],
  ])('leaves alone what is called so %s', (_where, json) => {
    expect(replaced(json)).toBe(json);
  });

  it('writes the new name as JSON', () => {
    expect(replaced('{"model":"old"}', 'a"b\\c\n')).toBe('{"model":"a\\"b\\\\c\\n"}');
  });

  it('keeps every other byte, numbers that no parser could keep among them', () => {
    const json = '{"a":1e400,"b":12345678901234567890.10,"c" : -0,"model":"old","d":"\\ud800"}';
    expect(replaced(json)).toBe(json.replace('"old"', '"new"'));
  });

  it('keeps bytes that are no UTF-8', () => {
    const json = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xc3]), Buffer.from('","model":"old"}')]);
    const expected = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xc3]), Buffer.from('","model":"new"}')]);
    expect(replaceModel(json, 'new').equals(expected)).toBe(true);
  });

  it('refuses a name that is given again and again, before it takes memory for each', () => {
    expect(() => replaced(`{${'"model":"a",'.repeat(1_000_000)}"model":"a"}`)).toThrow(
      'model: Given more than 10 times',
    );
  });

  it('takes time in proportion to the length, whatever the text is', () => {
    const times = [200_000, 800_000].map((length) => {
      const json = Buffer.from(`{"a":"${'\\\\\\"'.repeat(length)}","model":"old"}`);
      const began = performance.now();
      replaceModel(json, 'new');
      return performance.now() - began;
    });
    expect(times[1]).toBeLessThan((times[0] ?? 0) * 20 + 50);
  });
});
