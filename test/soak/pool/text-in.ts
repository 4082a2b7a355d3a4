import { EventParser } from '../../../src/core/protocols/sse/event-parser.js';

/** The text an answer carries, in any of the three protocols, as far as it came. */
export function textIn(body: string, isStream: boolean): string {
  if (!isStream) return textOfJson(JSON.parse(body));
  return new EventParser()
    .push(Buffer.from(body))
    .map(({ data }) => (data === '[DONE]' ? '' : textOfEvent(JSON.parse(data))))
    .join('');
}

// biome-ignore lint/suspicious/noExplicitAny: answers under test, looked into at any depth
type Json = any;

function textOfEvent(event: Json): string {
  if (event.type === 'response.output_text.delta') return event.delta;
  return event.delta?.text ?? event.choices?.[0]?.delta?.content ?? '';
}

function textOfJson(body: Json): string {
  if (body.choices) return body.choices[0].message.content;
  const blocks: Json[] = body.content ?? body.output.flatMap(({ content }: Json) => content ?? []);
  return blocks.map(({ text }) => text ?? '').join('');
}
