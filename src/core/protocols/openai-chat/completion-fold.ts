import type { ChatCompletion } from 'openai/resources/chat/completions';
import { MessageFold } from '../../messages/fold.js';
import type { MessagesEvent } from '../../messages/vocabulary.js';
import type { AnswerForm } from './chat-request.js';
import type { CompletionHead } from './completion-head.js';
import { encodeCompletion } from './encode-completion.js';

/**
 * Folds an answer into its completion. Arguments stay the text that the model wrote, as in the stream: parsed and spelt
 * anew, a number of twenty digits would be another one. One per answer.
 */
export class CompletionFold {
  private readonly message = new MessageFold();
  /** Of each tool use, its input's JSON. */
  private readonly inputs: string[] = [];
  private pieces: string[] | undefined;

  constructor(
    private readonly head: CompletionHead,
    private readonly form: AnswerForm,
  ) {}

  push(event: MessagesEvent): void {
    this.message.push(event);
    if (event.type === 'content_block_start') this.pieces = event.content_block.type === 'tool_use' ? [] : undefined;
    else if (event.type === 'content_block_delta' && event.delta.type === 'input_json_delta') {
      this.pieces?.push(event.delta.partial_json);
    } else if (event.type === 'content_block_stop') {
      if (this.pieces) this.inputs.push(this.pieces.join(''));
      this.pieces = undefined;
    }
  }

  /** undefined before the answer began. */
  get completion(): ChatCompletion | undefined {
    const message = this.message.result();
    return message && encodeCompletion(message, this.head, this.form, this.inputs);
  }
}
