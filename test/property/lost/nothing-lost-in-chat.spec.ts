import { decodeChatRequest } from '../../../src/core/protocols/openai-chat/decode-request.js';
import { isIgnoredInChat } from '../../support/ignored-paths.js';
import { sendChat } from '../openai/send-openai.js';
import { describeNothingLost } from './describe-nothing-lost.js';
import { markedChatRequests } from './marked-chat-requests.js';
import { Marks } from './marks.js';

describeNothingLost('a Chat client', {
  marked: markedChatRequests(new Marks()),
  decode: (request) => decodeChatRequest(request).request,
  send: sendChat,
  tagOf: (value) => {
    const { type, role } = value as { type?: string; role?: string };
    return type ?? role;
  },
  isIgnored: isIgnoredInChat,
  // Free values that upstream is not told because the gateway itself does what they say.
  honouredHere: {
    stop: 'watched for in the answer',
    'stop.*': 'watched for in the answer',
    'messages.{tool}.tool_call_id': 'finds the call; where there is none the result is told alone',
  },
  // Kinds and choices that are read, each by a test that goes by its name.
  readChoices: {
    model: 'the account and what upstream calls it',
    stream: 'the form of the answer',
    'stream_options.include_usage': 'the form of the answer',
    n: 'refused unless 1',
    logprobs: 'refused unless false',
    top_logprobs: 'refused unless 0',
    'modalities.*': 'refused with audio',
    reasoning_effort: 'sent where the model has it',
    'tools.*.function.strict': 'inputs are checked',
    'functions.*.strict': 'inputs are checked',
    'tools.*.function.parameters.$schema': 'left out, as the service does not take it',
    'functions.*.parameters.$schema': 'left out, as the service does not take it',
    'tool_choice.allowed_tools.mode': 'whether a call is demanded',
    parallel_tool_calls: 'the answer ends after its first call',
  },
  // Fields that may not say anything: no request that is served has them.
  refused: ['audio'],
  // Of the other API, whose tools and choices are read by the same code.
  isForeign: (pattern) => /^tools\.\*\.execution$|^tool_choice\..*\.namespace$/.test(pattern),
});
