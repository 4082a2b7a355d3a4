/** Tells our own from what other services made; the version of what follows. */
const MARK = 'amqc1.';

/** What a model is asked for instead of an answer; the last thing said (openai.md §11). */
export const SUMMARIZE = `Stop here and write a summary of this whole conversation. It will stand in its place: whoever goes on has the \
summary and nothing else. Say
- what the user wants, with every requirement and preference that still holds, in the user's words where they matter;
- what was done, what was found out and what was decided, and why;
- names, paths, commands, values and pieces of code that are needed to go on, exactly as they are;
- what went wrong and how it was solved;
- where the work stands, and what comes next.
Answer with the summary alone. Do not call tools.`;

/** The `encrypted_content` of an item `compaction`, opaque to clients; nothing in it is secret. */
export function encodeSummary(summary: string): string {
  return MARK + Buffer.from(JSON.stringify(summary)).toString('base64url');
}

/** The summary that `encodeSummary` put there; undefined for anything that is not ours. */
export function decodeSummary(encrypted: string): string | undefined {
  if (!encrypted.startsWith(MARK)) return undefined;
  const summary = parse(Buffer.from(encrypted.slice(MARK.length), 'base64url').toString());
  return typeof summary === 'string' ? summary : undefined;
}

/** A summary as the user's turn that begins a conversation anew. */
export function recall(summary: string): string {
  return `[What was said before this was left out, to save room. A summary of it:]\n\n${summary}`;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
