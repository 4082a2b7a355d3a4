import { encodeStream } from '../../simulator/answers/encode-stream.js';
import { stream } from '../../simulator/script.js';
import type { ScriptedEvent } from '../../simulator/simulator.js';

/** The bytes of an answer, pauses left out. */
export function encodeAnswer(events: readonly ScriptedEvent[]): Buffer {
  const { steps } = encodeStream(stream(events));
  return Buffer.concat(steps.flatMap((step) => (step.kind === 'write' ? [step.bytes] : [])));
}
