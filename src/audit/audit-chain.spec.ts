import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { type AuditRoom, auditEvent, emptyAuditLog, openAuditRoom } from '../../test/support/audit-room.js';
import { describeOnEachDatabase, describeOnEachSharedDatabase } from '../../test/support/databases.js';

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

async function record(room: AuditRoom, count: number): Promise<void> {
  for (let event = 1; event <= count; event++) await room.log.record(auditEvent(`target ${event}`));
}

describeOnEachSharedDatabase('the chain of the audit log', (database) => {
  beforeEach(() => emptyAuditLog(database()));
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('numbers events in the order in which they were asked to be recorded, and links each to the one before', async () => {
    const room = await openAuditRoom(database());
    await Promise.all(numbers(1, 250).map((event) => room.log.record(auditEvent(`target ${event}`))));
    await room.log.recordAll(numbers(251, 600).map((event) => auditEvent(`target ${event}`)));
    const rows = await room.rows();
    expect(rows.map(({ sequence }) => sequence)).toEqual(numbers(1, 600));
    expect(rows.map(({ target }) => target)).toEqual(numbers(1, 600).map((event) => `target ${event}`));
    expect(rows.slice(1).map(({ previousHash }) => previousHash)).toEqual(rows.slice(0, -1).map(({ hash }) => hash));
    expect(await room.verify()).toMatchObject({ entries: 600, first: 1, problems: [], entriesBefore: 0 });
    expect(await room.query("SELECT sequence FROM audit_ends WHERE name = 'last'")).toMatchObject([
      { sequence: database().kind === 'sqlite' ? 600 : '600' },
    ]);
  });

  it('is one, whoever appends to it at once', async () => {
    const replicas: AuditRoom[] = [];
    for (let replica = 0; replica < 3; replica++) replicas.push(await openAuditRoom(database()));
    await Promise.all(
      replicas.flatMap((room, replica) =>
        numbers(1, 40).map((event) => room.log.record(auditEvent(`${replica} ${event}`))),
      ),
    );
    const [room] = replicas as [AuditRoom];
    const rows = await room.rows();
    expect(rows.map(({ sequence }) => sequence)).toEqual(numbers(1, 120));
    for (const replica of [0, 1, 2]) {
      const own = rows.flatMap(({ target }) => (target?.startsWith(`${replica} `) ? [Number(target.slice(2))] : []));
      expect(own).toEqual(numbers(1, 40));
    }
    expect(await room.found()).toEqual([]);
  });

  it('goes on after a restart, and after a crash between an event and the note of the end', async () => {
    await record(await openAuditRoom(database()), 3);
    const room = await openAuditRoom(database());
    jest.spyOn(room.repository, 'moveEnd').mockRejectedValue(new Error('killed'));
    await record(room, 2);
    expect(await room.found()).toEqual([]);
    await record(await openAuditRoom(database()), 1);
    expect((await room.rows()).map(({ sequence }) => sequence)).toEqual(numbers(1, 6));
    expect(await room.found()).toEqual([]);
  });

  it('keeps what any text may hold, as it will be read', async () => {
    const room = await openAuditRoom(database());
    const odd = ['\ud800 half', 'zero\0byte', 'line\nbreak\u2028', '"quotes\\', '🦊'.repeat(150), '__proto__', ''];
    for (const text of odd) {
      const details = { [text]: text, nested: { [text]: [text, null, 1e21, true] } };
      await room.log.record({ actor: { name: text, keyId: text, address: text }, action: text, target: text, details });
    }
    expect(await room.found()).toEqual([]);
    const [, , third] = await room.rows();
    expect(third).toMatchObject({ actor: 'line break\u2028', target: 'line break\u2028' });
    expect(JSON.parse(third?.details ?? '')).toMatchObject({ 'line\nbreak\u2028': 'line\nbreak\u2028' });
  });

  it('says what can’t be written, and writes it as soon as it can, before all that follows', async () => {
    const room = await openAuditRoom(database());
    await record(room, 1);
    await room.query('ALTER TABLE audit_events RENAME TO gone');
    await expect(room.log.record(auditEvent('late'))).rejects.toMatchObject({ kind: 'internal' });
    await expect(room.log.recordFirst(auditEvent('never'))).rejects.toThrow();
    await expect(room.log.ready()).rejects.toMatchObject({ kind: 'unavailable', message: /Nothing was changed/ });
    await room.query('ALTER TABLE gone RENAME TO audit_events');
    await room.log.record(auditEvent('next'));
    await room.log.ready();
    expect((await room.rows()).map(({ target }) => target)).toEqual(['target 1', 'late', 'next']);
    expect(await room.found()).toEqual([]);
  });

  it('writes what it owes by itself, and when the service stops', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    try {
      const room = await openAuditRoom(database());
      const insert = jest.spyOn(room.repository, 'insert').mockRejectedValueOnce(new Error('away'));
      await expect(room.log.record(auditEvent('first'))).rejects.toThrow();
      jest.advanceTimersByTime(5_000);
      await room.log.ready();
      insert.mockRejectedValueOnce(new Error('away'));
      await expect(room.log.record(auditEvent('second'))).rejects.toThrow();
      await room.chain.onApplicationShutdown();
      expect((await room.rows()).map(({ target }) => target)).toEqual(['first', 'second']);
    } finally {
      jest.useRealTimers();
    }
  });

  it('has an event once, though the connection broke before the database could say so', async () => {
    const room = await openAuditRoom(database());
    const { insert } = room.repository;
    jest.spyOn(room.repository, 'insert').mockImplementationOnce(async (rows) => {
      await insert.call(room.repository, rows);
      throw new Error('connection reset');
    });
    await record(room, 2);
    expect((await room.rows()).map(({ target }) => target)).toEqual(['target 1', 'target 2']);
    expect(await room.found()).toEqual([]);
  });

  it('takes no more than ten thousand events at once, and of what is done then keeps some for later', async () => {
    const room = await openAuditRoom(database());
    const [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const insert = jest.spyOn(room.repository, 'insert').mockImplementation(() => {
      begun.resolve();
      return end.promise;
    });
    const some = numbers(1, 500).map(() => auditEvent('x'));
    const waiting = numbers(1, 21).map(() => room.log.recordAll(some));
    await begun.promise;
    const late = room.log.record(auditEvent('late'));
    await expect(Promise.race([...waiting, late])).rejects.toMatchObject({ kind: 'internal' });
    expect(insert).toHaveBeenCalledTimes(1);
    insert.mockRestore();
    end.resolve();
    await Promise.all(waiting);
    expect((await room.rows()).filter(({ target }) => target === 'late')).toHaveLength(1);
  });

  it('covers what comes after it, and counts what was there before', async () => {
    const room = await openAuditRoom(database());
    await room.query(
      "INSERT INTO audit_events (id, at, actor, action, outcome, sequence) VALUES ('a', 1, 'x', 'y', 'success', -2), ('b', 2, 'x', 'y', 'success', -1)",
    );
    await record(room, 2);
    expect(await room.verify()).toMatchObject({ entries: 2, entriesBefore: 2, first: 1, problems: [] });
    await room.query("UPDATE audit_events SET actor = 'z' WHERE sequence = -1");
    expect(await room.found()).toEqual([]);
    await room.query(
      "INSERT INTO audit_events (id, at, actor, action, outcome, sequence) VALUES ('c', 3, 'x', 'y', 'success', -3)",
    );
    expect(await room.found()).toEqual(['inserted -3']);
  });
});

describeOnEachSharedDatabase('a chain that somebody wrote to', (database) => {
  beforeEach(() => emptyAuditLog(database()));
  const copied = (columns: string) =>
    `INSERT INTO audit_events (id, at, actor, action, outcome, sequence, previous_hash, hash) SELECT 'zcopy', at, actor, action, outcome, ${columns} FROM audit_events WHERE sequence = 5`;
  const swap = (column: string) => [
    `CREATE TABLE swapped AS SELECT sequence, ${column} AS value FROM audit_events WHERE sequence IN (4, 5)`,
    `UPDATE audit_events SET ${column} = (SELECT value FROM swapped WHERE swapped.sequence = 9 - audit_events.sequence) WHERE sequence IN (4, 5)`,
    'DROP TABLE swapped',
  ];

  it.each<[string, string[], string[]]>([
    ['nothing', [], []],
    ['the actor', ["UPDATE audit_events SET actor = 'nobody' WHERE sequence = 5"], ['changed 5']],
    ['the time, by a millisecond', ['UPDATE audit_events SET at = at + 1 WHERE sequence = 5'], ['changed 5']],
    ['the details', [`UPDATE audit_events SET details = '{}' WHERE sequence = 5`], ['changed 5']],
    ['nothing to an empty text', ["UPDATE audit_events SET details = '' WHERE sequence = 5"], ['changed 5']],
    ['the address to nothing', ['UPDATE audit_events SET address = NULL WHERE sequence = 5'], ['changed 5']],
    ['the id', ["UPDATE audit_events SET id = 'x' WHERE sequence = 5"], ['changed 5']],
    ['the hash', ["UPDATE audit_events SET hash = 'x' WHERE sequence = 5"], ['changed 5']],
    ['the hash to nothing', ['UPDATE audit_events SET hash = NULL WHERE sequence = 5'], ['changed 5']],
    ['the hash before', ["UPDATE audit_events SET previous_hash = 'x' WHERE sequence = 5"], ['changed 5']],
    ['the last one', ["UPDATE audit_events SET outcome = 'refused' WHERE sequence = 9"], ['changed 9']],
    ['the first of all', ["UPDATE audit_events SET outcome = 'refused' WHERE sequence = 1"], ['changed 1']],
    ['two of them', ["UPDATE audit_events SET target = 'x' WHERE sequence IN (3, 4)"], ['changed 3', 'changed 4']],
    ['swapped targets', swap('target'), ['changed 4', 'changed 5']],
    ['swapped hashes', swap('hash'), ['changed 4', 'changed 5']],
    ['one missing', ['DELETE FROM audit_events WHERE sequence = 5'], ['missing 5']],
    ['some missing', ['DELETE FROM audit_events WHERE sequence IN (2, 5, 6)'], ['missing 2', 'missing 5-6']],
    ['the first missing', ['DELETE FROM audit_events WHERE sequence < 3'], ['missing 1-2']],
    ['the last missing', ['DELETE FROM audit_events WHERE sequence > 7'], ['missing 8-9']],
    ['all missing', ['DELETE FROM audit_events'], ['missing 1-9']],
    [
      'all moved down',
      [
        'DELETE FROM audit_events WHERE sequence = 1',
        'UPDATE audit_events SET sequence = -sequence',
        'UPDATE audit_events SET sequence = -sequence - 1',
      ],
      [
        'changed 1',
        'changed 2',
        'changed 3',
        'changed 4',
        'changed 5',
        'changed 6',
        'changed 7',
        'changed 8',
        'missing 9',
      ],
    ],
    ['one more at the end', [copied('10, hash, hash')], ['changed 10']],
    ['one more, far behind', [copied('99, hash, hash')], ['missing 10-98', 'changed 99']],
    ['one more of a sequence', ['DROP INDEX audit_events_sequence', copied('5, previous_hash, hash')], ['inserted 5']],
    ['one more below the first', [copied('0, hash, hash')], ['inserted -1']],
    ['no ends', ['DELETE FROM audit_ends'], ['ends 0']],
    ['no end', ["DELETE FROM audit_ends WHERE name = 'last'"], ['ends 0']],
    [
      'an end moved to what is left',
      [
        'DELETE FROM audit_events WHERE sequence > 7',
        "UPDATE audit_ends SET sequence = 7, hash = (SELECT hash FROM audit_events WHERE sequence = 7) WHERE name = 'last'",
      ],
      ['ends 0'],
    ],
    [
      'a beginning moved to what is left',
      [
        'DELETE FROM audit_events WHERE sequence < 3',
        "UPDATE audit_ends SET sequence = 3, hash = (SELECT previous_hash FROM audit_events WHERE sequence = 3) WHERE name = 'first'",
      ],
      ['ends 0'],
    ],
    [
      'ends that stand for each other',
      ["UPDATE audit_ends SET mac = (SELECT mac FROM audit_ends WHERE name = 'before') WHERE name = 'last'"],
      ['ends 0'],
    ],
  ])('shows it: %s', async (_what, statements, problems) => {
    const room = await openAuditRoom(database());
    await record(room, 9);
    for (const statement of statements) await room.query(statement);
    expect(await room.found()).toEqual(problems);
    expect((await room.verify()).problemCount).toBe(problems.length);
  });

  it.each<[string, string, string]>([
    ['the last are missing', 'DELETE FROM audit_events WHERE sequence > 7', 'missing 8-9'],
    ['the ends are missing', 'DELETE FROM audit_ends', 'ends 0'],
    [
      'the last and the ends are missing',
      'DELETE FROM audit_events WHERE sequence > 7; DELETE FROM audit_ends',
      'ends 0',
    ],
    ['everything is missing', 'DELETE FROM audit_events', 'missing 1-9'],
  ])('shows it after more was recorded: %s', async (_what, statements, problem) => {
    await record(await openAuditRoom(database()), 9);
    const room = await openAuditRoom(database());
    for (const statement of statements.split('; ')) await room.query(statement);
    await record(room, 3);
    expect(await room.found()).toEqual([problem]);
  });

  it('shows an older state that was put back, to who noted a later head', async () => {
    const room = await openAuditRoom(database());
    await record(room, 5);
    const ends: { name: string; sequence: number; hash: string; mac: string }[] =
      await room.query('SELECT * FROM audit_ends');
    await record(room, 4);
    const { last } = await room.verify();
    expect(await room.found(last)).toEqual([]);
    await room.query('DELETE FROM audit_events WHERE sequence > 5');
    const { sequence, hash, mac } = ends.find(({ name }) => name === 'last') ?? {};
    await room.query(
      `UPDATE audit_ends SET sequence = ${sequence}, hash = '${hash}', mac = '${mac}' WHERE name = 'last'`,
    );
    expect(await room.found()).toEqual([]);
    expect(await room.found(last)).toEqual(['head 9']);
    await record(await openAuditRoom(database()), 4);
    expect(await room.found()).toEqual([]);
    expect(await room.found(last)).toEqual(['head 9']);
  });

  it('shows an entry of another history of the same place', async () => {
    const room = await openAuditRoom(database());
    await record(room, 3);
    const ends = await room.query('SELECT * FROM audit_ends');
    await record(room, 1);
    const [fourth] = (await room.rows()).slice(-1);
    // A backup is put back, and another fourth entry is written.
    await room.query('DELETE FROM audit_events WHERE sequence = 4');
    for (const { name, sequence, hash, mac } of ends)
      await room.query(
        `UPDATE audit_ends SET sequence = ${sequence}, hash = '${hash}', mac = '${mac}' WHERE name = '${name}'`,
      );
    await record(await openAuditRoom(database()), 2);
    expect(await room.found()).toEqual([]);
    await room.query('DROP INDEX audit_events_sequence');
    if (fourth) await room.repository.insert([fourth]);
    expect(await room.found()).toContain('inserted 4');
    await room.query(`DELETE FROM audit_events WHERE sequence = 4 AND id <> '${fourth?.id}'`);
    expect(await room.found()).toEqual(['replaced 4']);
  });

  it('is listed all the same, without entries of a time that there is not', async () => {
    const room = await openAuditRoom(database());
    await record(room, 3);
    await room.query('UPDATE audit_events SET at = 900000000000000000 WHERE sequence = 2');
    expect((await room.search.find({}, undefined, 10)).map(({ sequence }) => sequence)).toEqual([3, 1]);
    expect(await room.found()).toEqual(['changed 2']);
  });

  it('tells of a hundred problems, and how many there are', async () => {
    const room = await openAuditRoom(database());
    await room.log.recordAll(numbers(1, 400).map(() => auditEvent('x')));
    await room.query('DELETE FROM audit_events WHERE sequence % 2 = 0');
    const { problems, problemCount } = await room.verify();
    expect([problems.length, problemCount]).toEqual([100, 200]);
  });
});

describeOnEachSharedDatabase('the retention of the audit log', (database) => {
  beforeEach(() => emptyAuditLog(database()));
  it('deletes what is older, in batches, and leaves a chain that is right', async () => {
    const room = await openAuditRoom(database());
    await room.query(
      "INSERT INTO audit_events (id, at, actor, action, outcome, sequence) VALUES ('a', 1, 'x', 'y', 'success', -1)",
    );
    await room.log.recordAll(numbers(1, 1_200).map(() => auditEvent('old')));
    room.clock.advance(20 * 86_400);
    await record(room, 3);
    room.clock.advance(11 * 86_400);
    await room.retention.clean();
    const rows = await room.rows();
    expect(rows.map(({ sequence }) => sequence)).toEqual(numbers(1_201, 1_204));
    expect(rows.at(-1)).toMatchObject({
      actor: 'system',
      action: 'audit.retention',
      details: expect.stringContaining('1201'),
    });
    expect(await room.verify()).toMatchObject({ entries: 4, entriesBefore: 0, first: 1_201, problems: [] });
    await room.retention.clean();
    expect(await room.rows()).toHaveLength(4);
    await room.query('DELETE FROM audit_events WHERE sequence = 1201');
    expect(await room.found()).toEqual(['missing 1201']);
  });

  it('goes on after a crash in the middle, and from an empty log', async () => {
    const room = await openAuditRoom(database());
    await record(room, 5);
    room.clock.advance(31 * 86_400);
    const { deleteBelow } = room.repository;
    const crash = jest.spyOn(room.repository, 'deleteBelow').mockRejectedValueOnce(new Error('killed'));
    await room.retention.clean();
    expect(await room.found()).toEqual([]);
    expect(await room.rows()).toHaveLength(5);
    crash.mockImplementation((...below) => deleteBelow.apply(room.repository, below));
    await room.retention.clean();
    expect((await room.rows()).map(({ sequence, action }) => [sequence, action])).toEqual([[6, 'audit.retention']]);
    expect(await room.found()).toEqual([]);
    await record(await openAuditRoom(database()), 1);
    expect(await room.found()).toEqual([]);
  });

  it('may run on every replica at once, beside one that verifies', async () => {
    const room = await openAuditRoom(database());
    const other = await openAuditRoom(database(), room.clock);
    await room.log.recordAll(numbers(1, 2_000).map(() => auditEvent('old')));
    room.clock.advance(31 * 86_400);
    const findings = await Promise.all([room.found(), room.retention.clean(), other.retention.clean(), other.found()]);
    expect([findings[0], findings[3]]).toEqual([[], []]);
    expect((await room.rows()).map(({ action }) => action)).toContain('audit.retention');
    expect(await room.found()).toEqual([]);
  });

  it('goes by the time of entries that are as written: another time makes none of them go', async () => {
    const room = await openAuditRoom(database());
    await record(room, 5);
    await room.query('UPDATE audit_events SET at = 0 WHERE sequence <= 3');
    await room.query('DELETE FROM audit_events WHERE sequence = 5');
    await room.query(
      "INSERT INTO audit_events (id, at, actor, action, outcome, sequence) VALUES ('a', 1, 'x', 'y', 'success', 5)",
    );
    await room.retention.clean();
    expect(await room.found()).toEqual(['changed 1', 'changed 2', 'changed 3', 'changed 5']);
    room.clock.advance(31 * 86_400);
    await room.retention.clean();
    expect((await room.rows()).map(({ sequence }) => sequence)).toEqual([5, 6]);
    expect(await room.found()).toEqual(['changed 5']);
  });

  it('keeps everything when it is told to, and evidence', async () => {
    const room = await openAuditRoom(database());
    await record(room, 2);
    await room.query("UPDATE audit_ends SET mac = 'x' WHERE name = 'first'");
    room.clock.advance(10_000 * 86_400);
    await room.retention.clean();
    expect(await room.rows()).toHaveLength(2);
  });
});

describeOnEachDatabase('a log from before the chain', (database) => {
  it('is kept, in its order, and not covered', async () => {
    const room = await openAuditRoom(database());
    const { dataSource } = room;
    const runner = dataSource.createQueryRunner();
    while (await runner.hasColumn('audit_events', 'sequence')) await dataSource.undoLastMigration();
    await runner.release();
    const values = numbers(1, 30).map(
      (number) => `('id ${number % 7} ${number}', ${number >> 1}, 'x', 'y', 'success')`,
    );
    await room.query(`INSERT INTO audit_events (id, at, actor, action, outcome) VALUES ${values.join(', ')}`);
    await dataSource.runMigrations();
    const rows = await room.rows();
    expect(rows.map(({ sequence }) => sequence)).toEqual(numbers(-30, -1));
    expect(rows.map(({ at, id }) => [+at, id])).toEqual(
      rows.map(({ at, id }) => [+at, id] as const).sort(([one, a], [two, b]) => one - two || (a < b ? -1 : 1)),
    );
    await record(room, 2);
    expect(await room.verify()).toMatchObject({ entries: 2, entriesBefore: 30, first: 1, problems: [] });
    const page = await room.search.find({}, undefined, 3);
    expect(page.map(({ sequence }) => sequence)).toEqual([2, 1, -1]);
  });
});
