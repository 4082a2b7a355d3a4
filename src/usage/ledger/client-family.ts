/** Languages of the official SDKs, as their user agents name them: `Anthropic/Python 0.97.0`, `OpenAI/JS 7.55.0`. */
const LANGUAGES = {
  JS: 'typescript',
  Python: 'python',
  Go: 'go',
  Java: 'java',
  Ruby: 'ruby',
  PHP: 'php',
  'C#': 'csharp',
} as const;

type Language = (typeof LANGUAGES)[keyof typeof LANGUAGES] | 'other';

/** Programs by the name that begins their user agent, up to its version, in lower case. */
const PRODUCTS = {
  'claude-cli': 'claude-code',
  'claude-code': 'claude-code',
  codex_exec: 'codex',
  codex_cli_rs: 'codex',
  codex_vscode: 'codex',
  'codex-tui': 'codex',
  cline: 'cline',
  roocode: 'roo-code',
  'roo-code': 'roo-code',
  'kilo-code': 'kilo-code',
  opencode: 'opencode',
  goose: 'goose',
  zed: 'zed',
  aider: 'aider',
  continue: 'continue',
  litellm: 'litellm',
  ai: 'vercel-ai',
  'ai-sdk': 'vercel-ai',
  curl: 'curl',
  wget: 'curl',
  httpie: 'curl',
  mozilla: 'browser',
  'python-requests': 'python-http',
  'python-httpx': 'python-http',
  python: 'python-http',
  'python-urllib': 'python-http',
  node: 'node-http',
  undici: 'node-http',
  'node-fetch': 'node-http',
  axios: 'node-http',
  bun: 'node-http',
  deno: 'node-http',
  'go-http-client': 'go-http',
  okhttp: 'java-http',
  'java-http-client': 'java-http',
  postmanruntime: 'postman',
} as const;

/** Which program asks, by its user agent: a closed list, as it is a column that people group by. */
export type ClientFamily =
  | (typeof PRODUCTS)[keyof typeof PRODUCTS]
  | `${'anthropic' | 'openai'}-sdk-${Language}`
  | 'langchain'
  | 'other';

const BY_PRODUCT: ReadonlyMap<string, ClientFamily> = new Map(Object.entries(PRODUCTS));
const BY_LANGUAGE: ReadonlyMap<string, Language> = new Map(Object.entries(LANGUAGES));

/** The name that begins it, and what follows its slash: a version, or a language. */
const BEGINNING = /^([^/ ]*)(?:\/([^ ]*))?/;
/** `Anthropic`, `AsyncAnthropic`, `AnthropicClientImpl`, `Anthropic::Client`, `AzureOpenAI`, `OpenAI::Client`. */
const SDK = /^(?:async)?(?:azure)?(anthropic|openai)/;

export function clientFamilyOf(userAgent: string | undefined): ClientFamily {
  if (userAgent === undefined) return 'other';
  const [, name = '', detail = ''] = BEGINNING.exec(userAgent) ?? [];
  const product = name.toLowerCase();
  const known = BY_PRODUCT.get(product);
  if (known) return known;
  if (product.startsWith('langchain')) return 'langchain';
  if (product.startsWith('ai-sdk')) return 'vercel-ai';
  const sdk = SDK.exec(product)?.[1] as 'anthropic' | 'openai' | undefined;
  if (sdk) return `${sdk}-sdk-${BY_LANGUAGE.get(detail) ?? (userAgent.includes('(.NET') ? 'csharp' : 'other')}`;
  // Programs that bring a name of their own and the SDK's behind it.
  return userAgent.includes(' ai-sdk/') ? 'vercel-ai' : 'other';
}
