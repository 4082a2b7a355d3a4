import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { STRATEGY_NAMES } from '../../core/pool/strategies/strategies.js';
import { LOG_LEVELS } from '../logging/log-levels.js';
import { parseHeaders } from '../telemetry/parse-headers.js';

/** A whole number of seconds, bounded so that no timer overflows 32 bits of milliseconds. */
const seconds = (initial: number, minimum = 1) => z.coerce.number().int().min(minimum).max(2_000_000).default(initial);
const url = (protocols: RegExp) => z.url({ protocol: protocols });
const flag = (initial: boolean) => z.stringbool({ truthy: ['true', '1'], falsy: ['false', '0'] }).default(initial);

const BYTES_PER_UNIT = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 } as const;
const byteSize = z
  .string()
  .regex(/^\d+(b|kb|mb|gb)$/i, 'a size such as 32mb')
  .transform((text) => Number.parseInt(text, 10) * BYTES_PER_UNIT[text.replace(/\d/g, '').toLowerCase() as 'b']);

/** 32 bytes, as 64 hexadecimal digits or as base64. */
export const encryptionKey = z.string().transform((text, context) => {
  const key = Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64');
  if (key.length === 32) return key;
  context.addIssue({ code: 'custom', message: '32 bytes, as 64 hexadecimal digits or as base64' });
  return z.NEVER;
});

const modelAliases = z.string().transform((text, context) => {
  const parsed = z.record(z.string(), z.string().min(1)).safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  context.addIssue({ code: 'custom', message: 'a JSON object: {"client model":"upstream model"}' });
  return z.NEVER;
});

const origins = z.string().transform((text, context) => {
  const listed = text.split(',').map((origin) => origin.trim());
  if (listed.every((origin) => origin === '*' || (URL.canParse(origin) && new URL(origin).origin === origin)))
    return listed;
  context.addIssue({ code: 'custom', message: '`*`, or origins such as https://app.example.com, comma separated' });
  return z.NEVER;
});

const networks = z.string().transform((text, context) => {
  const listed = text.split(',').map((network) => network.trim());
  if (listed.every(isNetwork)) return listed;
  context.addIssue({ code: 'custom', message: 'addresses or networks such as 10.0.0.0/8, comma separated' });
  return z.NEVER;
});

/**
 * Every setting of the service: name, type, default and meaning (contract §2). `docs/configuration.md` is generated
 * from this schema. Accounts that come numbered (`AMAZONQ_ACCOUNT_<n>_…`) stand in `environment-accounts.ts`.
 */
export const settingsSchema = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080).describe('Port to listen on; 0 takes a free one'),
  HOST: z.string().min(1).default('127.0.0.1').describe('Address to listen on; the container image sets `0.0.0.0`'),
  MANAGEMENT_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .optional()
    .describe(
      'When set, the admin API, its description, health and metrics are served on this port only, and the model API on `PORT` only; 0 takes a free one',
    ),
  MANAGEMENT_HOST: z.string().min(1).optional().describe('Address `MANAGEMENT_PORT` listens on; when absent, `HOST`'),
  TRUSTED_PROXIES: networks
    .default([])
    .describe(
      'Addresses and networks, comma separated, of the reverse proxies whose `X-Forwarded-For` tells where a request came from. When absent, nobody is believed',
    ),
  MAX_CONNECTIONS: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(10_000)
    .describe('Connections of clients at once; one more is closed at once'),
  DATABASE_URL: url(/^postgres(ql)?$/)
    .optional()
    .describe('`postgres://…`; when absent, SQLite is used'),
  DATABASE_PATH: z.string().min(1).default('data/amq-gateway.db').describe('SQLite file (WAL mode)'),
  REDIS_URL: url(/^rediss?$/)
    .optional()
    .describe('State shared by several replicas; when absent it is kept in-process'),
  ENCRYPTION_KEY: encryptionKey
    .optional()
    .describe(
      '32 bytes, base64 or hex: encrypts stored secrets. Absent with SQLite: generated once next to the database with mode 0600. Absent with `DATABASE_URL`: the start is refused',
    ),
  ADMIN_API_KEY: z
    .string()
    .min(16, 'at least 16 characters')
    .max(256)
    .regex(/^(?! )[\x20-\x7e]*(?<! )$/, 'printable ASCII, no space at either end: it travels in a header')
    .optional()
    .describe('Seeds the first admin key; when absent and none is stored, one is generated and printed once'),
  AMAZONQ_REFRESH_TOKEN: z.string().min(1).optional().describe('Single account: refresh token'),
  AMAZONQ_CLIENT_ID: z.string().min(1).optional().describe('Single account: OIDC client id'),
  AMAZONQ_CLIENT_SECRET: z.string().min(1).optional().describe('Single account: OIDC client secret'),
  AMAZONQ_PROFILE_ARN: z.string().min(1).optional().describe('Single account: profile, for IAM Identity Center'),
  AMAZONQ_ACCOUNT_COUNT: z.coerce
    .number()
    .int()
    .min(0)
    .max(1000)
    .default(0)
    .describe(
      'Number of accounts given as `AMAZONQ_ACCOUNT_<n>_{ID,REFRESH_TOKEN,CLIENT_ID,CLIENT_SECRET,PROFILE_ARN,REGION,WEIGHT,ENABLED}`, n from 1',
    ),
  AMAZONQ_API_ENDPOINT: url(/^https?$/)
    .optional()
    .describe(
      "Streaming endpoint; when set it wins over an account's region. Default `https://q.us-east-1.amazonaws.com/`",
    ),
  AMAZONQ_TOKEN_ENDPOINT: url(/^https?$/)
    .optional()
    .describe(
      "Token endpoint; when set it wins over an account's region. Default `https://oidc.us-east-1.amazonaws.com/token`",
    ),
  AMAZONQ_BINDING: z
    .enum(['restJson1', 'awsJson1.0'])
    .default('restJson1')
    .describe('Wire form of Amazon Q; `awsJson1.0` is stricter about tool schemas'),
  MAX_ATTEMPTS: z.coerce
    .number()
    .int()
    .min(1)
    .max(10)
    .default(3)
    .describe('Accounts tried for one request before its first byte'),
  LOAD_BALANCE_STRATEGY: z
    .enum(STRATEGY_NAMES)
    .default('weighted_round_robin')
    .describe(
      'Which of the accounts that can serve is asked: in turn (`round_robin`), in turn by weight (`weighted_round_robin`), fewest in flight (`least_used`), by chance and weight (`random`), quickest to begin (`least_latency`), most credits left per day (`most_quota`)',
    ),
  CIRCUIT_BREAKER_ENABLED: flag(true).describe('`false`: an account that fails is asked all the same'),
  CIRCUIT_BREAKER_ERROR_THRESHOLD: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(5)
    .describe('Failures of an account in a row after which it is asked no more'),
  CIRCUIT_BREAKER_RECOVERY_TIMEOUT: seconds(300).describe(
    'Seconds after which such an account is tried with one request; twice as long each time that fails, up to sixteen times',
  ),
  SESSION_AFFINITY_TTL: seconds(18_000, 0).describe(
    'Seconds a conversation stays with its account after its last request; `0`: each request goes to any',
  ),
  // A stream's status goes out after 10 s: a 429 has to come before that.
  QUEUE_TIMEOUT: seconds(8, 0).describe(
    'Seconds a request waits while every account that could serve it is at its own limits; then it is a 429. A stream begins after 10 s whatever comes: from there on it is an error in the stream',
  ),
  QUEUE_SIZE: z.coerce
    .number()
    .int()
    .min(0)
    .max(100_000)
    .default(1000)
    .describe('Requests that wait so at once; one more is a 429 at once'),
  TOKEN_REFRESH_AHEAD: seconds(300).describe(
    'Seconds before expiry from which an access token is renewed; less than 60 counts as 60',
  ),
  HEALTH_CHECK_INTERVAL: seconds(300, 0).describe(
    'Seconds without a successful answer after which an account is probed with a real, minimal request; `0`: never by itself',
  ),
  KIRO_AUTH_ENDPOINT: url(/^https?$/)
    .default('https://prod.us-east-1.auth.desktop.kiro.dev')
    .describe('Renews tokens of Kiro sign-ins with Google or GitHub'),
  ALLOW_PRIVATE_ENDPOINTS: flag(false).describe(
    "`true`: an account's own endpoints (`baseUrl`, `apiEndpoint`, `tokenEndpoint`) and webhooks may lead into private networks and to this machine, and webhooks be `http://`",
  ),
  STREAM_PING_INTERVAL: seconds(15).describe('Seconds of silence after which a stream carries a ping'),
  UPSTREAM_IDLE_TIMEOUT: seconds(120).describe(
    'Seconds without a byte from upstream before a running answer is given up',
  ),
  UPSTREAM_FIRST_BYTE_TIMEOUT: seconds(60).describe(
    'Seconds to wait for upstream to begin its answer, and for the whole of an error answer',
  ),
  MAX_BODY_SIZE: byteSize
    .default(32 * 1024 ** 2)
    .describe("Largest request body; a larger one is 413 in the caller's protocol. Default `32mb`"),
  MODEL_ALIASES: modelAliases
    .default({})
    .describe(
      'JSON object, client model name → upstream model id, such as `{"gpt-4o":"claude-sonnet-4.5"}`. A name may have `*` for any text (`gpt-*`); exact names go before patterns, the most specific pattern first, and listed models before any pattern',
    ),
  OPENAI_MODEL_NAMES: z
    .enum(['map', 'refuse'])
    .default('map')
    .describe(
      "`map`: OpenAI's model names that no account lists and `MODEL_ALIASES` does not have stand for the newest Haiku (`*-mini`, `*-nano`, `gpt-3.5*`), Opus (`*-pro`) or Sonnet (other `gpt-*`, `chatgpt-*`, `codex-*`, `o1` and so on); `refuse`: they are not found",
    ),
  FETCH_URL_SOURCES: flag(false).describe(
    '`true`: images and PDFs that a request names by URL are fetched, from public addresses only; `false`: such a request is refused',
  ),
  STORED_RESPONSES_TTL: z.coerce
    .number()
    .int()
    .min(1)
    .max(315_360_000)
    .default(2_592_000)
    .describe('Seconds a stored response of the Responses API is kept after its last use'),
  STORED_RESPONSES_MAX_SIZE: byteSize
    .default(256 * 1024 ** 2)
    .describe(
      'Stored responses of one API key together; over it, what was not used for longest is dropped. `0b`: nothing is kept. Default `256mb`',
    ),
  CORS_ORIGINS: origins
    .default([])
    .describe(
      'Origins, comma separated, whose pages may call the model API from a browser; `*` stands for any. When absent, none may',
    ),
  AUDIT_RETENTION_DAYS: z.coerce
    .number()
    .int()
    .min(0)
    .max(36_500)
    .default(365)
    .describe('Days an entry of the audit log is kept; `0`: for ever'),
  USAGE_RETENTION_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(36_500)
    .default(90)
    .describe('Days a request is kept in the usage ledger; its hour and day stay summed up'),
  SHUTDOWN_DELAY: seconds(0, 0).describe(
    'Seconds after SIGTERM in which requests are still served while `/health/ready` says no: so long a load balancer may take to notice',
  ),
  SHUTDOWN_GRACE: seconds(30, 0).describe(
    'Seconds running answers may go on after SIGTERM (and `SHUTDOWN_DELAY`); then they end with an error that says so',
  ),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info').describe('Least severe level that is logged'),
  LOG_FORMAT: z
    .enum(['json', 'pretty'])
    .optional()
    .describe('`json` or `pretty`; default `pretty` on a terminal, else `json`'),
  OTEL_EXPORTER_OTLP_ENDPOINT: url(/^https?$/)
    .optional()
    .describe(
      'Base URL of an OpenTelemetry collector (OTLP over HTTP, JSON), such as `http://localhost:4318`; when absent nothing is traced',
    ),
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .max(8_192)
    .refine((text) => parseHeaders(text) !== undefined, 'must be name=value, comma separated, values URL-encoded')
    .optional()
    .describe('Headers for the collector, `name=value`, comma separated, values URL-encoded'),
  OTEL_SERVICE_NAME: z.string().min(1).max(255).default('amq-gateway').describe('Name of this service in traces'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('Share of the requests that are traced, 0 to 1; one that comes with a trace of its own follows its flag'),
  METRICS_AUTH: flag(false).describe('`true`: `/metrics` wants a key with scope `metrics`'),
});

export type Settings = z.output<typeof settingsSchema>;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Written out: `10` would be 0.0.0.10 to some. */
function isNetwork(text: string): boolean {
  return isIP(text) !== 0 || (isIP(text.split('/', 1)[0] as string) !== 0 && ipaddr.isValidCIDR(text));
}
