const toolNames = [
  'Bash',
  'BashOutput',
  'Edit',
  'Glob',
  'Grep',
  'KillShell',
  'NotebookEdit',
  'Read',
  'Task',
  'TodoWrite',
  'WebFetch',
  'Write',
];
const rule =
  'Prefer reading the code over guessing, keep changes small, and run the tests "before" you say it works.\n';
const systemLength = 16_000;
const descriptionLength = 2_400;
const contextLength = 6_000;

/** About 60 kB in the shape a coding agent sends: long system prompt, 12 tools with schemas, a few turns. */
export function codingRequest() {
  return {
    model: 'claude-sonnet-4-5-20250929',
    max_tokens: 32_000,
    stream: true,
    system: [
      { type: 'text', text: 'You are a coding agent that works in a terminal.' },
      { type: 'text', text: prose(systemLength) },
    ],
    tools: toolNames.map((name) => ({
      name,
      description: prose(descriptionLength),
      input_schema: schemaOf(name),
    })),
    messages: [
      {
        role: 'user',
        content: `<system-reminder>\n${prose(contextLength)}</system-reminder>\nWhy does the test fail?`,
      },
      { role: 'assistant', content: 'I will look at the test and at the file it imports.' },
      { role: 'user', content: 'Please do.' },
    ],
  };
}

function prose(length: number): string {
  return rule.repeat(Math.ceil(length / rule.length)).slice(0, length);
}

function schemaOf(name: string): object {
  const text = (description: string) => ({ type: 'string', description });
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    properties: {
      path: text(`Absolute path that ${name} works on`),
      content: text('What to write, whole, without line numbers'),
      limit: { type: 'number', description: 'Most lines or results to return', minimum: 1 },
      mode: { type: 'string', enum: ['content', 'files', 'count'], description: 'Form of the answer' },
      items: {
        type: 'array',
        items: {
          type: 'object',
          properties: { text: text('One step'), state: { type: 'string', enum: ['open', 'running', 'done'] } },
          required: ['text', 'state'],
          additionalProperties: false,
        },
      },
    },
    required: ['path'],
    additionalProperties: false,
  };
}
