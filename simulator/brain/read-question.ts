import type { ConversationState, ToolSpecification, UserInputMessage } from '../wire.js';

/** What the user wants, as far as the default brain understands. */
export interface Question {
  /** The last paragraph of the current message: what stands before it may be instructions. */
  text: string;
  /** A tool that the text asks for. */
  tool: ToolSpecification | undefined;
  /** What the tools answered, each as text. */
  results: string[];
  /** Thinking asked for by tags in the prompt (sheet §2.9). */
  thinkingTags: boolean;
}

export function readQuestion(conversation: ConversationState): Question {
  const current = conversation.currentMessage.userInputMessage;
  const results = (current.userInputMessageContext?.toolResults ?? []).map((result) =>
    result.content.map((part) => part.text ?? JSON.stringify(part.json)).join(' '),
  );
  const text = lastParagraph(current.content);
  return {
    text,
    tool: results.length === 0 ? findTool(text, current) : undefined,
    results,
    thinkingTags: asksByTags(conversation),
  };
}

function lastParagraph(content: string): string {
  const withoutReminders = content.replaceAll(/<system-reminder>[\s\S]*?<\/system-reminder>/g, '');
  const paragraphs = withoutReminders.split(/\n\s*\n/).filter((paragraph) => paragraph.trim() !== '');
  return paragraphs.at(-1)?.trim() ?? '';
}

/** The tool named in the text; or, when it only speaks of the weather or of tools, the one that fits best. */
function findTool(text: string, message: UserInputMessage): ToolSpecification | undefined {
  const tools = (message.userInputMessageContext?.tools ?? []).flatMap((tool) => tool.toolSpecification ?? []);
  const words = text.toLowerCase();
  const named = tools.find((tool) => containsWord(words, tool.name.toLowerCase()));
  if (named) {
    return named;
  }
  if (words.includes('weather')) {
    return tools.find((tool) => tool.name.toLowerCase().includes('weather')) ?? tools[0];
  }
  return containsWord(words, 'tool') || containsWord(words, 'tools') ? tools[0] : undefined;
}

function containsWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const around = `${text[at - 1] ?? ' '}${text[at + word.length] ?? ' '}`;
    if (!/[a-z0-9_]/.test(around)) {
      return true;
    }
  }
  return false;
}

function asksByTags(conversation: ConversationState): boolean {
  const first = conversation.history?.[0]?.userInputMessage?.content ?? '';
  const current = conversation.currentMessage.userInputMessage.content;
  return /<thinking_mode>(enabled|adaptive)<\/thinking_mode>/.test(first.slice(0, 2000) + current.slice(0, 2000));
}
