import { describe, expect, it } from '@jest/globals';
import { ConfigurationError, readConfiguration } from './configuration.js';

const account = (number: number) => ({
  [`AMAZONQ_ACCOUNT_${number}_REFRESH_TOKEN`]: `refresh-${number}`,
  [`AMAZONQ_ACCOUNT_${number}_CLIENT_ID`]: `client-${number}`,
  [`AMAZONQ_ACCOUNT_${number}_CLIENT_SECRET`]: `secret-${number}`,
});

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfiguration(environment);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe('readConfiguration', () => {
  it('starts with nothing set, with the defaults of the contract', () => {
    const { settings, accounts } = readConfiguration({});
    expect(accounts).toEqual([]);
    expect(settings).toEqual({
      PORT: 8080,
      HOST: '127.0.0.1',
      DATABASE_PATH: 'data/amq-gateway.db',
      CORS_ORIGINS: [],
      TRUSTED_PROXIES: [],
      MAX_CONNECTIONS: 10_000,
      AUDIT_RETENTION_DAYS: 365,
      FETCH_URL_SOURCES: false,
      AMAZONQ_ACCOUNT_COUNT: 0,
      AMAZONQ_BINDING: 'restJson1',
      MAX_ATTEMPTS: 3,
      LOAD_BALANCE_STRATEGY: 'weighted_round_robin',
      CIRCUIT_BREAKER_ENABLED: true,
      CIRCUIT_BREAKER_ERROR_THRESHOLD: 5,
      CIRCUIT_BREAKER_RECOVERY_TIMEOUT: 300,
      SESSION_AFFINITY_TTL: 18_000,
      QUEUE_TIMEOUT: 8,
      QUEUE_SIZE: 1000,
      TOKEN_REFRESH_AHEAD: 300,
      HEALTH_CHECK_INTERVAL: 300,
      KIRO_AUTH_ENDPOINT: 'https://prod.us-east-1.auth.desktop.kiro.dev',
      ALLOW_PRIVATE_ENDPOINTS: false,
      STREAM_PING_INTERVAL: 15,
      UPSTREAM_IDLE_TIMEOUT: 120,
      UPSTREAM_FIRST_BYTE_TIMEOUT: 60,
      MAX_BODY_SIZE: 33_554_432,
      MODEL_ALIASES: {},
      OPENAI_MODEL_NAMES: 'map',
      STORED_RESPONSES_TTL: 2_592_000,
      STORED_RESPONSES_MAX_SIZE: 256 * 1024 ** 2,
      USAGE_RETENTION_DAYS: 90,
      SHUTDOWN_DELAY: 0,
      SHUTDOWN_GRACE: 30,
      LOG_LEVEL: 'info',
      OTEL_SERVICE_NAME: 'amq-gateway',
      OTEL_TRACES_SAMPLER_ARG: 1,
      METRICS_AUTH: false,
    });
  });

  it('takes an empty variable for an absent one', () => {
    expect(readConfiguration({ PORT: '', DATABASE_URL: '', AMAZONQ_REFRESH_TOKEN: '' }).settings.PORT).toBe(8080);
  });

  it.each([
    ['PORT', '0', 0],
    ['METRICS_AUTH', 'true', true],
    ['METRICS_AUTH', '1', true],
    ['METRICS_AUTH', 'false', false],
    ['SHUTDOWN_GRACE', '0', 0],
    ['AMAZONQ_BINDING', 'awsJson1.0', 'awsJson1.0'],
    ['MODEL_ALIASES', '{"gpt-4o":"claude-sonnet-4.5"}', { 'gpt-4o': 'claude-sonnet-4.5' }],
    ['OPENAI_MODEL_NAMES', 'refuse', 'refuse'],
    ['CORS_ORIGINS', 'https://a.example, http://localhost:3000', ['https://a.example', 'http://localhost:3000']],
    ['CORS_ORIGINS', '*', ['*']],
    ['TRUSTED_PROXIES', '10.0.0.0/8, ::1', ['10.0.0.0/8', '::1']],
    ['MANAGEMENT_PORT', '9090', 9090],
    ['ENCRYPTION_KEY', 'ab'.repeat(32), Buffer.alloc(32, 0xab)],
    ['ENCRYPTION_KEY', Buffer.alloc(32, 7).toString('base64'), Buffer.alloc(32, 7)],
  ] as const)('reads %s=%s', (name, text, value) => {
    expect(readConfiguration({ [name]: text }).settings[name]).toEqual(value);
  });

  it.each([
    ['PORT', '65536', 'PORT: '],
    ['PORT', '80.5', 'PORT: '],
    ['PORT', 'http', 'PORT: '],
    ['DATABASE_URL', 'mysql://localhost/amq', 'DATABASE_URL: '],
    ['DATABASE_URL', 'not a url', 'DATABASE_URL: '],
    ['REDIS_URL', 'http://localhost:6379', 'REDIS_URL: '],
    ['ENCRYPTION_KEY', 'c2hvcnQ=', 'ENCRYPTION_KEY: 32 bytes, as 64 hexadecimal digits or as base64'],
    ['ADMIN_API_KEY', 'a key that’s not ASCII', 'ADMIN_API_KEY: printable ASCII'],
    ['ADMIN_API_KEY', 'fifteen-chars..', 'ADMIN_API_KEY: at least 16 characters'],
    ['ADMIN_API_KEY', 'x'.repeat(257), 'ADMIN_API_KEY: '],
    ['AMAZONQ_ACCOUNT_COUNT', '-1', 'AMAZONQ_ACCOUNT_COUNT: '],
    ['AMAZONQ_ACCOUNT_COUNT', '1001', 'AMAZONQ_ACCOUNT_COUNT: '],
    ['AMAZONQ_API_ENDPOINT', 'q.us-east-1.amazonaws.com', 'AMAZONQ_API_ENDPOINT: '],
    ['AMAZONQ_TOKEN_ENDPOINT', 'ftp://oidc.us-east-1.amazonaws.com', 'AMAZONQ_TOKEN_ENDPOINT: '],
    ['AMAZONQ_BINDING', 'restjson1', 'AMAZONQ_BINDING: '],
    ['MAX_ATTEMPTS', '0', 'MAX_ATTEMPTS: '],
    ['MAX_ATTEMPTS', '11', 'MAX_ATTEMPTS: '],
    ['TOKEN_REFRESH_AHEAD', '0', 'TOKEN_REFRESH_AHEAD: '],
    ['STREAM_PING_INTERVAL', '1e9', 'STREAM_PING_INTERVAL: '],
    ['UPSTREAM_IDLE_TIMEOUT', 'soon', 'UPSTREAM_IDLE_TIMEOUT: '],
    ['UPSTREAM_FIRST_BYTE_TIMEOUT', '-60', 'UPSTREAM_FIRST_BYTE_TIMEOUT: '],
    ['MAX_BODY_SIZE', '32 megabytes', 'MAX_BODY_SIZE: a size such as 32mb'],
    ['MODEL_ALIASES', '{"gpt-4o":', 'MODEL_ALIASES: a JSON object: {"client model":"upstream model"}'],
    ['MODEL_ALIASES', '{"gpt-4o":4}', 'MODEL_ALIASES: a JSON object: {"client model":"upstream model"}'],
    ['MODEL_ALIASES', '["gpt-4o"]', 'MODEL_ALIASES: a JSON object: {"client model":"upstream model"}'],
    ['CORS_ORIGINS', 'app.example.com', 'CORS_ORIGINS: '],
    ['CORS_ORIGINS', 'https://app.example.com/', 'CORS_ORIGINS: '],
    ['TRUSTED_PROXIES', '10', 'TRUSTED_PROXIES: '],
    ['TRUSTED_PROXIES', '10.0.0.0/33', 'TRUSTED_PROXIES: '],
    ['TRUSTED_PROXIES', 'proxy.internal', 'TRUSTED_PROXIES: '],
    ['SHUTDOWN_GRACE', '-1', 'SHUTDOWN_GRACE: '],
    ['LOG_LEVEL', 'verbose', 'LOG_LEVEL: '],
    ['LOG_FORMAT', 'xml', 'LOG_FORMAT: '],
    ['METRICS_AUTH', 'yes', 'METRICS_AUTH: '],
  ])('refuses %s=%s', (name, text, problem) => {
    const problems = problemsOf({ ENCRYPTION_KEY: 'ab'.repeat(32), [name]: text });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
    expect(problems[0]?.length).toBeGreaterThan(problem.length - 1);
  });

  it.each([
    ['ENCRYPTION_KEY', 'topsecret-not-32-bytes'],
    ['ADMIN_API_KEY', 'topsecret'],
    ['DATABASE_URL', 'topsecret://amq:topsecret@localhost/amq'],
    ['REDIS_URL', 'topsecret://:topsecret@localhost'],
    ['MODEL_ALIASES', '{"topsecret":'],
  ])('does not repeat the value of %s', (name, text) => {
    expect(problemsOf({ [name]: text }).join()).not.toContain('topsecret');
  });

  it('wants two ports to be two', () => {
    expect(problemsOf({ MANAGEMENT_PORT: '8080' })).toEqual([
      expect.stringMatching(/^MANAGEMENT_PORT: the same as PORT/),
    ]);
    expect(problemsOf({ PORT: '0', MANAGEMENT_PORT: '0' })).toEqual([]);
    expect(problemsOf({ MANAGEMENT_PORT: '8080', MANAGEMENT_HOST: '127.0.0.2' })).toEqual([]);
  });

  it('wants a key for what it stores in a shared database', () => {
    const DATABASE_URL = 'postgres://amq@localhost/amq';
    expect(problemsOf({ DATABASE_URL })).toEqual([
      expect.stringMatching(/^ENCRYPTION_KEY: required with DATABASE_URL/),
    ]);
    expect(problemsOf({ DATABASE_URL, ENCRYPTION_KEY: 'ab'.repeat(32) })).toEqual([]);
  });

  it('lists every problem at once, one line each', () => {
    const environment = { PORT: 'http', LOG_LEVEL: 'loud', MAX_BODY_SIZE: 'big', MAX_ATTEMPTS: '0' };
    const names = problemsOf(environment).map((problem) => problem.split(':')[0]);
    expect(names.toSorted()).toEqual(['LOG_LEVEL', 'MAX_ATTEMPTS', 'MAX_BODY_SIZE', 'PORT']);
    expect(() => readConfiguration(environment)).toThrow(/^4 settings are not right:(\n {2}.+){4}$/);
  });

  // Fails today: a wrong value ends the check before the accounts are read. Drop `.failing` with the fix.
  it('lists problems of values and of accounts together', () => {
    const environment = { PORT: 'http', AMAZONQ_ACCOUNT_COUNT: '1', DATABASE_URL: 'postgres://amq@localhost/amq' };
    expect(problemsOf(environment).map((problem) => problem.split(':')[0])).toEqual(
      expect.arrayContaining(['PORT', 'ENCRYPTION_KEY', 'AMAZONQ_ACCOUNT_1_REFRESH_TOKEN']),
    );
  });
});

describe('MAX_BODY_SIZE', () => {
  it.each([
    ['0b', 0],
    ['1b', 1],
    ['1kb', 1_024],
    ['32mb', 33_554_432],
    ['32MB', 33_554_432],
    ['2gb', 2_147_483_648],
  ])('%s is %i bytes', (text, bytes) => {
    expect(readConfiguration({ MAX_BODY_SIZE: text }).settings.MAX_BODY_SIZE).toBe(bytes);
  });

  it.each(['32', 'mb', '1.5mb', '-1mb', '32 mb', '32tb', '32mbps'])('is not %j', (text) => {
    expect(problemsOf({ MAX_BODY_SIZE: text })).toEqual(['MAX_BODY_SIZE: a size such as 32mb']);
  });
});

describe('accounts of the environment', () => {
  it('reads the single account', () => {
    const { accounts } = readConfiguration({
      AMAZONQ_REFRESH_TOKEN: 'refresh',
      AMAZONQ_CLIENT_ID: 'client',
      AMAZONQ_CLIENT_SECRET: 'secret',
      AMAZONQ_PROFILE_ARN: 'arn:aws:codewhisperer:us-east-1:123456789012:profile/ABC',
    });
    expect(accounts).toEqual([
      {
        id: 'default',
        refreshToken: 'refresh',
        clientId: 'client',
        clientSecret: 'secret',
        profileArn: 'arn:aws:codewhisperer:us-east-1:123456789012:profile/ABC',
        weight: 1,
        enabled: true,
      },
    ]);
  });

  it('names what the single account lacks', () => {
    expect(problemsOf({ AMAZONQ_REFRESH_TOKEN: 'refresh' })).toEqual([
      "AMAZONQ_CLIENT_ID: required when one of the single account's values is set",
      "AMAZONQ_CLIENT_SECRET: required when one of the single account's values is set",
    ]);
  });

  it('reads numbered accounts, with defaults and with everything said', () => {
    const { accounts } = readConfiguration({
      AMAZONQ_ACCOUNT_COUNT: '2',
      ...account(1),
      ...account(2),
      AMAZONQ_ACCOUNT_2_ID: 'team-b',
      AMAZONQ_ACCOUNT_2_PROFILE_ARN: 'arn:2',
      AMAZONQ_ACCOUNT_2_REGION: 'eu-central-1',
      AMAZONQ_ACCOUNT_2_WEIGHT: '0',
      AMAZONQ_ACCOUNT_2_ENABLED: 'false',
    });
    expect(accounts).toEqual([
      {
        id: 'account-1',
        refreshToken: 'refresh-1',
        clientId: 'client-1',
        clientSecret: 'secret-1',
        weight: 1,
        enabled: true,
      },
      {
        id: 'team-b',
        refreshToken: 'refresh-2',
        clientId: 'client-2',
        clientSecret: 'secret-2',
        profileArn: 'arn:2',
        region: 'eu-central-1',
        weight: 0,
        enabled: false,
      },
    ]);
  });

  it('reads as many as the count says', () => {
    const environment = { AMAZONQ_ACCOUNT_COUNT: '1', ...account(1), ...account(2) };
    expect(readConfiguration(environment).accounts.map(({ id }) => id)).toEqual(['account-1']);
  });

  it('puts the single account in front of the numbered ones', () => {
    const { accounts } = readConfiguration({
      AMAZONQ_REFRESH_TOKEN: 'refresh',
      AMAZONQ_CLIENT_ID: 'client',
      AMAZONQ_CLIENT_SECRET: 'secret',
      AMAZONQ_ACCOUNT_COUNT: '1',
      ...account(1),
    });
    expect(accounts.map(({ id }) => id)).toEqual(['default', 'account-1']);
  });

  it.each([
    ['ID', 'no spaces please', 'letters, digits, dot, dash and underscore, at most 64'],
    ['ID', 'x'.repeat(65), 'letters, digits, dot, dash and underscore, at most 64'],
    ['REGION', 'frankfurt', 'a region such as us-east-1'],
    ['WEIGHT', '-1', ''],
    ['WEIGHT', 'heavy', ''],
    ['ENABLED', 'maybe', ''],
    ['REFRESH_TOKEN', '', 'required'],
    ['CLIENT_ID', '', 'required'],
    ['CLIENT_SECRET', '', 'required'],
  ])('refuses AMAZONQ_ACCOUNT_1_%s=%s', (field, text, problem) => {
    const environment = { AMAZONQ_ACCOUNT_COUNT: '1', ...account(1), [`AMAZONQ_ACCOUNT_1_${field}`]: text };
    expect(problemsOf(environment)).toEqual([expect.stringContaining(`AMAZONQ_ACCOUNT_1_${field}: ${problem}`)]);
  });

  it('names each account that lacks something, and says no secret', () => {
    const problems = problemsOf({
      AMAZONQ_ACCOUNT_COUNT: '2',
      AMAZONQ_ACCOUNT_1_CLIENT_SECRET: 'topsecret',
      AMAZONQ_ACCOUNT_2_REFRESH_TOKEN: 'topsecret',
    });
    expect(problems).toEqual([
      'AMAZONQ_ACCOUNT_1_REFRESH_TOKEN: required',
      'AMAZONQ_ACCOUNT_1_CLIENT_ID: required',
      'AMAZONQ_ACCOUNT_2_CLIENT_ID: required',
      'AMAZONQ_ACCOUNT_2_CLIENT_SECRET: required',
    ]);
  });

  it('refuses one id for two accounts', () => {
    const environment = {
      AMAZONQ_ACCOUNT_COUNT: '2',
      ...account(1),
      ...account(2),
      AMAZONQ_ACCOUNT_1_ID: 'same',
      AMAZONQ_ACCOUNT_2_ID: 'same',
    };
    expect(problemsOf(environment)).toEqual(["AMAZONQ_ACCOUNT_<n>_ID: 'same' is used more than once"]);
  });
});
