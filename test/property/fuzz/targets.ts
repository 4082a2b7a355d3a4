import { bodiesTarget } from './bodies-target.js';
import { exchangesTarget } from './exchanges-target.js';
import type { Format } from './formats/format.js';
import { MESSAGES } from './formats/messages-format.js';
import { CHAT, RESPONSES } from './formats/openai-formats.js';
import { socketsTarget } from './sockets-target.js';
import { streamsTarget } from './streams-target.js';
import type { Target } from './target.js';

const STREAMS = 'spoilt streams of the service, decoded';
const BODIES = 'spoilt request bodies, checked and encoded';

interface NamedTarget {
  runs: number;
  about: string;
  open(seed: number): Target | Promise<Target>;
}

const streams = (about: string, format: Format): NamedTarget => ({
  runs: 100_000,
  about,
  open: (seed) => streamsTarget(format, seed),
});

const bodies = (about: string, format: Format): NamedTarget => ({
  runs: 100_000,
  about,
  open: (seed) => bodiesTarget(format, seed),
});

/** What can be tried by name, and how many cases of it are a thorough run. */
export const TARGETS: Record<string, NamedTarget> = {
  streams: streams(STREAMS, MESSAGES),
  bodies: bodies(BODIES, MESSAGES),
  'chat-streams': streams(`${STREAMS} and told as Chat`, CHAT),
  'chat-bodies': bodies(`${BODIES}, of Chat`, CHAT),
  'responses-streams': streams(`${STREAMS} and told as Responses`, RESPONSES),
  'responses-bodies': bodies(`${BODIES}, of Responses`, RESPONSES),
  sockets: { runs: 5_000, about: 'all of these, through the whole gateway', open: socketsTarget },
  exchanges: { runs: 5_000, about: 'valid requests and answers, as streams and as JSON', open: exchangesTarget },
};
