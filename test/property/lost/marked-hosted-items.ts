import type { Marks } from './marks.js';

type Json = Record<string, unknown>;

/** Traces of tools that others run, in the shapes of the SDK's types (openai.md §6). */
export function hostedItems(marks: Marks): Json[] {
  return [...shells(marks), ...searches(marks), ...computers(marks), ...servers(marks), ...images(marks)];
}

const caller = ({ text }: Marks): Json => ({ caller: { type: 'program', caller_id: text() } });

function item(type: string, { text }: Marks, fields: Json): Json {
  return { type, id: text(), status: 'completed', ...fields };
}

function shells(marks: Marks): Json[] {
  const { text, number } = marks;
  return [
    item('local_shell_call', marks, {
      call_id: text(),
      action: {
        type: 'exec',
        command: [text(), text()],
        env: { HOME: text() },
        timeout_ms: number(),
        user: text(),
        working_directory: text(),
      },
    }),
    item('local_shell_call_output', marks, { output: text() }),
    item('shell_call', marks, {
      call_id: text(),
      action: { commands: [text(), text()], max_output_length: number(), timeout_ms: number() },
      environment: { type: 'local', skills: [{ name: text(), description: text(), path: text() }] },
      ...caller(marks),
    }),
    item('shell_call_output', marks, {
      call_id: text(),
      output: [{ stdout: text(), stderr: text(), outcome: { type: 'exit', exit_code: number() } }],
      max_output_length: number(),
      ...caller(marks),
    }),
    item('apply_patch_call', marks, {
      call_id: text(),
      operation: { type: 'update_file', path: text(), diff: text() },
      ...caller(marks),
    }),
    {
      ...item('apply_patch_call_output', marks, { call_id: text(), output: text(), ...caller(marks) }),
      status: 'failed',
    },
  ];
}

function searches(marks: Marks): Json[] {
  const { text, number } = marks;
  const sources = [{ type: 'url', url: text() }];
  return [
    item('web_search_call', marks, { action: { type: 'search', query: text(), queries: [text()], sources } }),
    item('web_search_call', marks, { action: { type: 'open_page', url: text() } }),
    item('web_search_call', marks, { action: { type: 'find_in_page', url: text(), pattern: text() } }),
    item('file_search_call', marks, {
      queries: [text(), text()],
      results: [{ attributes: { a: text() }, file_id: text(), filename: text(), score: number(), text: text() }],
    }),
    item('code_interpreter_call', marks, {
      code: text(),
      container_id: text(),
      outputs: [
        { type: 'logs', logs: text() },
        { type: 'image', url: text() },
      ],
    }),
  ];
}

function computers(marks: Marks): Json[] {
  const { text, number } = marks;
  const checks = [{ id: text(), code: text(), message: text() }];
  return [
    item('computer_call', marks, {
      call_id: text(),
      pending_safety_checks: checks,
      action: { type: 'click', button: 'left', x: number(), y: number(), keys: [text()] },
      actions: [
        { type: 'type', text: text() },
        { type: 'drag', path: [{ x: number(), y: number() }], keys: [text()] },
        { type: 'scroll', x: number(), y: number(), scroll_x: number(), scroll_y: number() },
      ],
    }),
    item('computer_call_output', marks, {
      call_id: text(),
      output: { type: 'computer_screenshot', file_id: text(), image_url: `data:image/png;base64,${marks.png()}` },
      acknowledged_safety_checks: checks,
    }),
  ];
}

function servers(marks: Marks): Json[] {
  const { text, number } = marks;
  return [
    item('mcp_call', marks, {
      name: text(),
      server_label: text(),
      arguments: text(),
      output: text(),
      approval_request_id: text(),
      error: { type: 'http_error', code: number(), message: text() },
    }),
    item('mcp_call', marks, {
      name: text(),
      server_label: text(),
      arguments: text(),
      error: { type: 'mcp_tool_execution_error', content: [{ type: 'text', text: text() }] },
    }),
    item('mcp_approval_request', marks, { name: text(), server_label: text(), arguments: text() }),
    item('mcp_approval_response', marks, { approval_request_id: text(), approve: true, reason: text() }),
    item('mcp_list_tools', marks, {
      server_label: text(),
      tools: [{ name: text(), description: text(), input_schema: { title: text() }, annotations: { a: text() } }],
      error: text(),
    }),
    item('program', marks, { call_id: text(), code: text(), fingerprint: text() }),
    item('program_output', marks, { call_id: text(), result: text() }),
  ];
}

function images(marks: Marks): Json[] {
  const { text, number } = marks;
  return [
    item('image_generation_call', marks, {
      result: marks.png(),
      revised_prompt: text(),
      action: 'generate',
      background: 'opaque',
      output_format: 'png',
      quality: 'low',
      size: '1024x1024',
      error: {
        type: text(),
        code: text(),
        message: text(),
        param: text(),
        moderation_details: { categories: [text()] },
      },
      svg_usage: { input_tokens: number(), model: text() },
    }),
  ];
}
