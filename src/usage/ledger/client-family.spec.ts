import { describe, expect, it } from '@jest/globals';
import { clientFamilyOf } from './client-family.js';

describe('clientFamilyOf', () => {
  it.each([
    ['claude-cli/2.1.329 (external, sdk-cli)', 'claude-code'],
    ['claude-code/2.1.329 (cli)', 'claude-code'],
    ['codex_exec/0.169.0 (Ubuntu 24.4.0; x86_64) unknown', 'codex'],
    ['codex_cli_rs/0.169.0 (Mac OS 15.5.0; arm64) vscode/1.101.0', 'codex'],
    ['Anthropic/JS 1.11.0', 'anthropic-sdk-typescript'],
    ['Anthropic/Python 0.97.0', 'anthropic-sdk-python'],
    ['AsyncAnthropic/Python 0.97.0', 'anthropic-sdk-python'],
    ['Anthropic/Go 1.19.0', 'anthropic-sdk-go'],
    ['AnthropicClientImpl/Java 2.11.0', 'anthropic-sdk-java'],
    ['Anthropic::Client/Ruby 1.16.0', 'anthropic-sdk-ruby'],
    ['anthropic/PHP 0.4.0', 'anthropic-sdk-php'],
    ['Anthropic/C# 12.0.0', 'anthropic-sdk-csharp'],
    ['Anthropic/Elixir 1.0', 'anthropic-sdk-other'],
    ['OpenAI/JS 7.55.0', 'openai-sdk-typescript'],
    ['AsyncAzureOpenAI/Python 2.8.0', 'openai-sdk-python'],
    ['OpenAI/2.6.0 (.NET 9.0.0; Debian GNU/Linux 12)', 'openai-sdk-csharp'],
    ['Cline/3.40.0', 'cline'],
    ['RooCode/3.30.0', 'roo-code'],
    ['Kilo-Code/4.120.0', 'kilo-code'],
    ['opencode/1.0.80 ai-sdk/provider-utils/3.0.17 runtime/bun/1.3.2', 'opencode'],
    ['langchainjs-openai/1.1.0 (vscode/1.101.0)', 'langchain'],
    ['ai/5.0.98 ai-sdk/provider-utils/3.0.17 runtime/node.js/24', 'vercel-ai'],
    ['ai-sdk-openai/2.0.70', 'vercel-ai'],
    ['my-agent/1.0 ai-sdk/provider-utils/3.0.17', 'vercel-ai'],
    ['curl/8.5.0', 'curl'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'browser'],
    ['python-requests/2.32.3', 'python-http'],
    ['Python/3.12 aiohttp/3.11.9', 'python-http'],
    ['node', 'node-http'],
    ['Go-http-client/1.1', 'go-http'],
    ['my-agent/1.0', 'other'],
    ['constructor/1.0', 'other'],
    ['OpenAI/constructor 1', 'openai-sdk-other'],
    ['', 'other'],
    [undefined, 'other'],
  ])('of %j is %s', (userAgent, family) => {
    expect(clientFamilyOf(userAgent)).toBe(family);
  });
});
