import { describe, expect, it } from '@jest/globals';
import type { MessagesRequest } from '../../../src/core/messages/vocabulary.js';
import type { IsIgnored } from '../../support/ignored-paths.js';
import { type Binding, describeService, type Verdict } from '../send-request.js';
import { type Keys, keysOf, leavesOf, patternOf, patternsOf, type TagOf } from './leaves.js';
import { isMark } from './marks.js';
import { marksIn } from './marks-in.js';
import { recordReads } from './record-reads.js';
import { isSent, sentUpstream } from './sent-upstream.js';

/** One of the OpenAI APIs. */
export interface Api {
  /** Requests that together carry every field, each free value a mark. */
  marked: [name: string, request: Record<string, unknown>][];
  decode(request: object): MessagesRequest;
  send(request: object, binding: Binding): Verdict;
  tagOf: TagOf;
  isIgnored: IsIgnored;
  /** By the pattern of a field, what the gateway itself does with it. */
  honouredHere: Record<string, string>;
  /** By the pattern of a field whose values are no words, what reads it. */
  readChoices: Record<string, string>;
  /** Patterns of fields that are looked for and that no request has which is served. */
  refused: readonly string[];
  /** Whether a field that is looked for, by its pattern, is none of this API. */
  isForeign(pattern: string): boolean;
}

/** Names that only tell what kind of thing it is that they stand in. */
const KINDS = new Set(['type', 'role']);

/** Shows that every field of a request is sent, read, or on the closed list of those that are ignored. */
export function describeNothingLost(client: string, api: Api): void {
  const { marked, tagOf, isIgnored, honouredHere, readChoices, refused } = api;
  const leaves = (request: object, pick: (value: unknown) => boolean): Keys[] =>
    [...leavesOf(request)]
      .filter(({ keys, value }) => pick(value) && !isIgnored(request, keys))
      .map(({ keys }) => keys);
  const valueAt = (request: object, keys: Keys): never =>
    keys.reduce<never>((value, key) => value[key as never], request as never);
  const sentOf = (request: object) => {
    const seals = [...leavesOf(request)].flatMap(({ value }) => marksIn(value)).map(String);
    return sentUpstream(api.decode(structuredClone(request)), seals);
  };

  describe(`nothing that ${client} sends is lost in silence`, () => {
    it.each(marked)(
      '%s: each value goes upstream, is honoured here, or is on the list of ignored fields',
      (_name, request) => {
        const sent = sentOf(request);
        const lost = leaves(request, (value) => marksIn(value as never).length > 0)
          .filter((keys) => !marksIn(valueAt(request, keys)).every((mark) => isSent(mark, sent)))
          .map((keys) => patternOf(request, keys, tagOf));
        expect(lost.filter((pattern) => honouredHere[pattern] === undefined)).toEqual([]);
      },
    );

    it.each(marked)('%s: names in inputs and schemas go upstream too', (_name, request) => {
      const sent = sentOf(request);
      expect([...keysOf(request)].filter((name) => isMark(name) && !isSent(name, sent))).toEqual([]);
    });

    it.each(marked)('%s: is one the service takes', (_name, request) => {
      for (const binding of ['restJson1', 'awsJson1.0'] as const) {
        const verdict = api.send(structuredClone(request), binding);
        expect(verdict.by === 'service' ? describeService(verdict.error) : verdict).toMatchObject({ by: 'nobody' });
      }
    });

    it('each choice is read, or is on the list of ignored fields', () => {
      const choices = marked.flatMap(([, request]) =>
        leaves(request, (value) => marksIn(value as never).length === 0)
          .filter((keys) => !KINDS.has(String(keys.at(-1))))
          .map((keys) => patternOf(request, keys, tagOf)),
      );
      expect([...new Set(choices)].filter((pattern) => readChoices[pattern] === undefined)).toEqual([]);
    });

    it('these requests carry every field that a request is checked for', () => {
      const looked = new Set<string>();
      for (const [, request] of marked) api.decode(recordReads(request, (pattern) => looked.add(pattern), tagOf));
      const carried = new Set(marked.flatMap(([, request]) => [...patternsOf(request, tagOf)]));
      const missing = [...looked].filter((pattern) => !carried.has(pattern) && !refused.includes(pattern));
      expect(missing.filter((pattern) => !api.isForeign(pattern))).toEqual([]);
    });
  });
}
