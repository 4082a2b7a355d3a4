/** What a person pastes to use a running gateway. */
export function instructions(url: string, key: string): string {
  return `
Ready to paste:

  curl ${url}/v1/messages \\
    -H 'x-api-key: ${key}' -H 'content-type: application/json' \\
    -d '{"model":"claude-sonnet-4.5","max_tokens":500,"stream":true,"messages":[{"role":"user","content":"Hello!"}]}'

  Claude Code:
    export ANTHROPIC_BASE_URL=${url}
    export ANTHROPIC_AUTH_TOKEN=${key}
    export ANTHROPIC_MODEL=claude-sonnet-4-5
    claude
`;
}
