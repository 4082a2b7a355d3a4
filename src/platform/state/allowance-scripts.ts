import { RedisScript } from './redis-script.js';

/*
 * KEYS of all: what was used of the last minute (a hash, `r` or `t` and the second: requests, tokens); who is running (a
 * sorted set by when they expire); what was used of months (a hash). All by Redis' own clock. A member of the set is
 * `id|month|tokens|billionths`: what it holds of a month is in it, so that whoever finds it expired can give that back.
 */

/** 61 seconds, as a second counts whole; and one more, as keys expire on their own. */
const MINUTE_SECONDS = 62;
/** A month, and what clocks and long answers take. */
const MONTH_SECONDS = 40 * 24 * 3600;

const COMMON = `local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local second = math.floor(now / 1000)
local function holdOfMonth(member, times)
  local month, tokens, billionths = string.match(member, '|(.-)|(%d+)|(%d+)$')
  if not month or month == '' then return end
  for kind, amount in pairs({tokens = tokens, billionths = billionths}) do
    local field = month .. ':held-' .. kind
    local total = (tonumber(redis.call('hget', KEYS[3], field)) or 0) + times * amount
    if total > 0 then redis.call('hset', KEYS[3], field, string.format('%.0f', total))
    else redis.call('hdel', KEYS[3], field) end
  end
end`;

/**
 * ARGV: member ('': holds nothing), hold, five limits (-1: none), tokens and billionths needed, month, and what is stored of
 * it. Answers which limit refuses (0: none) and for how long, the second, and of requests and tokens how many were
 * used within the minute and until when some count.
 */
export const TAKE_ALLOWANCE = new RedisScript(`${COMMON}
local perMinute, tokensPerMinute, atOnce = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local tokenBudget, costBudget = tonumber(ARGV[6]), tonumber(ARGV[7])
local tokens, billionths, month = tonumber(ARGV[8]), tonumber(ARGV[9]), ARGV[10]
local refused, waitMs, running = 0, 0, 0
if ARGV[1] ~= '' then
  for _, dead in ipairs(redis.call('zrangebyscore', KEYS[2], '-inf', now)) do
    redis.call('zrem', KEYS[2], dead)
    holdOfMonth(dead, -1)
  end
  running = redis.call('zcard', KEYS[2])
  if atOnce >= 0 and running >= atOnce then refused = 5 end
end
local used, latest, seconds = {r = 0, t = 0}, {r = second - 61, t = second - 61}, {r = {}, t = {}}
if perMinute >= 0 or tokensPerMinute >= 0 then
  local counts = redis.call('hgetall', KEYS[1])
  for index = 1, #counts, 2 do
    local kind, at = string.sub(counts[index], 1, 1), tonumber(string.sub(counts[index], 2))
    if at <= second - 61 or at > second + 61 then redis.call('hdel', KEYS[1], counts[index])
    else
      local amount = tonumber(counts[index + 1])
      used[kind] = used[kind] + amount
      latest[kind] = math.max(latest[kind], at)
      table.insert(seconds[kind], {at, amount})
    end
  end
end
local function refuseByMinute(code, kind, limit, amount)
  if limit < 0 or used[kind] + amount <= limit then return end
  table.sort(seconds[kind], function(one, other) return one[1] < other[1] end)
  local left, ms = used[kind], math.huge
  for _, each in ipairs(seconds[kind]) do
    left = left - each[2]
    if left + amount <= limit then
      ms = (each[1] + 61) * 1000 - now
      break
    end
  end
  if ms >= waitMs then refused, waitMs = code, ms end
end
refuseByMinute(3, 'r', perMinute, 1)
refuseByMinute(4, 't', tokensPerMinute, tokens)
if tokenBudget >= 0 or costBudget >= 0 then
  local fields = {month .. ':tokens', month .. ':billionths', month .. ':held-tokens', month .. ':held-billionths'}
  -- Nobody holds what is left when Redis lost only the set.
  if running == 0 then redis.call('hdel', KEYS[3], fields[3], fields[4]) end
  local known = redis.call('hmget', KEYS[3], unpack(fields))
  if not known[1] then
    for _, field in ipairs(redis.call('hkeys', KEYS[3])) do
      if string.match(field, '^[^:]*') < month then redis.call('hdel', KEYS[3], field) end
    end
    redis.call('hset', KEYS[3], fields[1], ARGV[11], fields[2], ARGV[12])
    redis.call('expire', KEYS[3], ${MONTH_SECONDS})
  end
  local function counted(index, stored)
    return math.max(tonumber(known[index]) or 0, tonumber(stored)) + (tonumber(known[index + 2]) or 0)
  end
  if costBudget >= 0 and counted(2, ARGV[12]) + billionths > costBudget then refused = 2 end
  if tokenBudget >= 0 and counted(1, ARGV[11]) + tokens > tokenBudget then refused = 1 end
end
if refused == 0 then
  local function count(kind, limit, amount)
    if limit < 0 then return end
    redis.call('hincrby', KEYS[1], kind .. second, amount)
    redis.call('expire', KEYS[1], ${MINUTE_SECONDS})
    used[kind] = used[kind] + amount
    latest[kind] = math.max(latest[kind], second)
  end
  count('r', perMinute, 1)
  count('t', tokensPerMinute, ARGV[8])
  if ARGV[1] ~= '' then
    redis.call('zadd', KEYS[2], now + ARGV[2], ARGV[1])
    holdOfMonth(ARGV[1], 1)
    redis.call('expire', KEYS[2], ${MONTH_SECONDS})
    redis.call('expire', KEYS[3], ${MONTH_SECONDS})
  end
end
local function resetMs(kind) return math.max((latest[kind] + 61) * 1000 - now, 0) end
if waitMs == math.huge then waitMs = -1 end
return {refused, waitMs, second, used.r, resetMs('r'), used.t, resetMs('t')}`);

/**
 * ARGV: member, whether it may be settled already (1: only where it is still there), month, tokens and billionths used,
 * the second it was taken in, and how many tokens more (or less) than were taken then. What a month that Redis does not
 * know had is stored elsewhere: the next request begins with that.
 */
export const SETTLE_ALLOWANCE = new RedisScript(`${COMMON}
local wasThere = redis.call('zrem', KEYS[2], ARGV[1]) == 1
if wasThere then holdOfMonth(ARGV[1], -1) end
if ARGV[2] == '1' and not wasThere then return 0 end
if redis.call('hexists', KEYS[3], ARGV[3] .. ':tokens') == 1 then
  redis.call('hincrby', KEYS[3], ARGV[3] .. ':tokens', ARGV[4])
  redis.call('hincrby', KEYS[3], ARGV[3] .. ':billionths', ARGV[5])
end
local more = tonumber(ARGV[7])
if more > 0 then
  redis.call('hincrby', KEYS[1], 't' .. second, ARGV[7])
  redis.call('expire', KEYS[1], ${MINUTE_SECONDS})
elseif more < 0 then
  local left = (tonumber(redis.call('hget', KEYS[1], 't' .. ARGV[6])) or 0) + more
  if left > 0 then redis.call('hset', KEYS[1], 't' .. ARGV[6], string.format('%.0f', left))
  else redis.call('hdel', KEYS[1], 't' .. ARGV[6]) end
end
return 1`);

/** Those that expired or were lost with a restarted Redis, or let in while it was away, are there again. ARGV: hold, members. */
export const RENEW_ALLOWANCES = new RedisScript(`${COMMON}
for index = 2, #ARGV do
  if redis.call('zadd', KEYS[2], now + ARGV[1], ARGV[index]) == 1 then holdOfMonth(ARGV[index], 1) end
end
redis.call('expire', KEYS[2], ${MONTH_SECONDS})
redis.call('expire', KEYS[3], ${MONTH_SECONDS})
return 1`);
