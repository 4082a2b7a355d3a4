/** What a person pastes to use a running gateway. */
export function instructions(url: string, key: string): string {
  return `
Ready to paste:

  curl ${url}/v1/messages \\
    -H 'x-api-key: ${key}' -H 'content-type: application/json' \\
    -d '{"model":"claude-sonnet-4.5","max_tokens":500,"stream":true,"messages":[{"role":"user","content":"Hello!"}]}'

  curl ${url}/v1/chat/completions \\
    -H 'authorization: Bearer ${key}' -H 'content-type: application/json' \\
    -d '{"model":"claude-sonnet-4.5","stream":true,"messages":[{"role":"user","content":"Hello!"}]}'

  Claude Code:
    export ANTHROPIC_BASE_URL=${url}
    export ANTHROPIC_AUTH_TOKEN=${key}
    export ANTHROPIC_MODEL=claude-sonnet-4-5
    claude

  OpenAI SDKs and tools:
    export OPENAI_BASE_URL=${url}/v1
    export OPENAI_API_KEY=${key}

  Codex, in ~/.codex/config.toml:
${codexConfiguration(url).replaceAll(/^(?=.)/gm, '    ')}
    export AMQ_GATEWAY_KEY=${key}
    codex
`;
}

/**
 * The gateway as a provider of Codex. Its catalogue tells Codex what the models can and brings `apply_patch`; without the
 * tools that need OpenAI's servers or other sessions plain functions are left (openai.md §11).
 */
export function codexConfiguration(url: string): string {
  return `model = "claude-sonnet-4-5"
model_provider = "amq-gateway"
web_search = "disabled"

[features]
goals = false
plugins = false

[agents]
enabled = false

[model_providers.amq-gateway]
name = "amq-gateway"
base_url = "${url}/v1"
env_key = "AMQ_GATEWAY_KEY"
wire_api = "responses"
model_catalog_url = "${url}/v1/models"
`;
}
