import { describe, expect, it } from '@jest/globals';
import { refusalOf } from '../../../../test/support/refusal-of.js';
import { GatewayError } from '../../errors.js';
import { checkMedia } from '../../messages/content/check-media.js';
import { findMedia } from '../../messages/content/find-media.js';
import { checkStopSequences } from '../../messages/emulations/stop-sequence-matcher.js';
import { ConversationBuilder } from './conversation-builder.js';
import { decodeFile, decodeImageUrl } from './decode-media.js';
import { errorObject } from './encode-error.js';
import { type InputParam, inClientTerms } from './in-client-terms.js';
import { MediaPlaces } from './media-places.js';

const invalid = (path: string, reason: string) => new GatewayError('invalid_request', `${path}: ${reason}`, { path });

function conversation() {
  const places = new MediaPlaces();
  const turns = new ConversationBuilder();
  turns.addUser('Look');
  turns.addUser([decodeImageUrl('https://x.example/a.png', 'messages[1].content[0]', places)]);
  turns.addCall({ id: '1', name: 'f', input: {} });
  const file = `data:application/pdf;base64,${Buffer.from('no PDF').toString('base64')}`;
  turns.addResult('1', [decodeFile({ file_data: file }, 'messages[3].content[2]', places)]);
  return { request: turns.build(), places };
}

function shown(error: GatewayError, inputParam: InputParam = 'messages') {
  const { request, places } = conversation();
  const { message, param, code } = errorObject(inClientTerms(error, request, places, inputParam));
  return [code, param, message];
}

describe('inClientTerms', () => {
  it.each<[GatewayError, InputParam, string[]]>([
    [
      refusalOf(() => checkStopSequences(['x'.repeat(40_000)])),
      'messages',
      ['invalid_value', 'stop', expect.stringMatching(/^(?!stop_sequences)/) as unknown as string],
    ],
    [invalid('max_tokens', 'too many'), 'messages', ['invalid_value', 'max_completion_tokens', 'too many']],
    [invalid('max_tokens', 'too many'), 'input', ['invalid_value', 'max_output_tokens', 'too many']],
    [invalid('output_config.format.schema', 'bad'), 'messages', ['invalid_value', 'response_format', 'bad']],
    [invalid('output_config.format.schema', 'bad'), 'input', ['invalid_value', 'text.format', 'bad']],
    [invalid('tool_choice.tool.name', 'bad'), 'input', ['invalid_value', 'tool_choice', 'bad']],
    [invalid('messages', 'Too many images'), 'messages', ['invalid_value', 'messages', 'Too many images']],
    [invalid('messages', 'Too many images'), 'input', ['invalid_value', 'input', 'Too many images']],
    [invalid('messages.17.content', 'bad'), 'messages', ['invalid_value', 'messages', 'bad']],
    [invalid('constructor', 'bad'), 'messages', ['invalid_value', 'messages', 'bad']],
    [
      invalid('messages.0.content.1.image.source.url.url', 'Unable to download the file.'),
      'messages',
      ['invalid_image_url', 'messages[1].content[0]', 'Unable to download the file.'],
    ],
    [
      invalid('messages.0.content.1.image.source.type', 'not fetched'),
      'messages',
      ['invalid_image_url', 'messages[1].content[0]', 'not fetched'],
    ],
    [
      new GatewayError('context_length', 'prompt is too long: 3 tokens > 2 maximum'),
      'input',
      ['context_length_exceeded', 'input', 'prompt is too long: 3 tokens > 2 maximum'],
    ],
  ])('%s', (error, inputParam, expected) => {
    expect(shown(error, inputParam)).toEqual(expected);
  });

  it('names the field of a file inside a result, whatever checked it', () => {
    const { request } = conversation();
    const error = refusalOf(() => checkMedia(findMedia(request.messages)));
    expect(error.path).toContain('tool_result');
    expect(shown(error)).toEqual(['invalid_value', 'messages[3].content[2]', 'The PDF specified was not valid.']);
  });

  it.each([
    new GatewayError('not_found', 'model: gpt-9', { path: 'model' }),
    new GatewayError('upstream', 'The service had a fault.'),
    new GatewayError('rate_limit', 'Slow down.', { retryAfter: 5 }),
  ])('leaves %s as it is', (error) => {
    const { request, places } = conversation();
    expect(inClientTerms(error, request, places, 'messages')).toBe(error);
  });

  it('keeps what else an error says', () => {
    const failure = { class: 'context_length', retry: 'never' } as const;
    const error = new GatewayError('context_length', 'too long', { failure, retryAfter: 3, shouldRetry: false });
    const { request, places } = conversation();
    expect(inClientTerms(error, request, places, 'messages')).toMatchObject({
      kind: 'context_length',
      path: 'messages',
      failure,
      retryAfter: 3,
      shouldRetry: false,
      cause: error,
    });
  });
});
