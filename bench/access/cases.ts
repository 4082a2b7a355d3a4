import type { NewApiKey } from '../../src/auth/api-keys/api-key.service.js';
import { everyLimit } from '../limited-key.js';
import { codingRequest } from '../scenarios/coding-request.js';

/** Who asks for what, and how far it is followed. */
export interface AccessCase {
  name: string;
  /** What the key may use, beside its name and scope. */
  key: Partial<NewApiKey>;
  body: { model: string };
  /** False: no further than the guard. */
  isAdmitted: boolean;
  /** Where limits are counted. */
  state: 'memory' | 'redis';
}

const question = {
  model: 'claude-sonnet-4-5-20250929',
  max_tokens: 1_024,
  messages: [{ role: 'user', content: 'Why does the second test of the reader fail? Answer in a few sentences.' }],
};

/** The first one is what the others are held against. */
export const accessCases: readonly AccessCase[] = [
  { name: 'guard alone', key: {}, body: question, isAdmitted: false, state: 'memory' },
  { name: 'guard, admission: no limits', key: {}, body: question, isAdmitted: true, state: 'memory' },
  {
    name: 'guard, admission: allowed models',
    key: { allowedModels: ['claude-haiku-*', 'claude-sonnet-*'] },
    body: question,
    isAdmitted: true,
    state: 'memory',
  },
  { name: 'guard, admission: every limit', key: everyLimit, body: question, isAdmitted: true, state: 'memory' },
  {
    name: 'guard, admission: every limit, 60 kB',
    key: everyLimit,
    body: codingRequest(),
    isAdmitted: true,
    state: 'memory',
  },
  { name: 'guard, admission: every limit, Redis', key: everyLimit, body: question, isAdmitted: true, state: 'redis' },
];
