import { expect, it } from '@jest/globals';
import { AbstractLogger } from 'typeorm';
import { describeOnSqlite } from '../../../test/support/databases.js';
import { keep, openResponseStore } from '../../../test/support/response-store-room.js';

class Statements extends AbstractLogger {
  readonly all: { sql: string; parameters: unknown[] }[] = [];

  override logQuery(sql: string, parameters: unknown[] = []): void {
    this.all.push({ sql, parameters });
  }

  protected override writeLog(): void {}
}

describeOnSqlite('statements on stored responses', (database) => {
  it('look rows up by their ids, and walk through nothing else that a key has', async () => {
    const room = await openResponseStore(database(), { STORED_RESPONSES_TTL: '1000' });
    const { dataSource, store, clock } = room;
    const statements = new Statements(true);
    dataSource.logger = statements;
    await keep(room, 'key', 'one');
    await keep(room, 'key', 'two', { previous: 'one' });
    clock.advance(500);
    await store.find('key', 'resp_two', ['msg_one', 'msg_two']);
    await keep(room, 'key', 'three', { previous: 'two' });
    await store.get('key', 'resp_three');
    await store.inputItems('key', 'resp_three', { limit: 1, order: 'asc', after: undefined });
    await store.delete('key', 'resp_three');
    const lookUps = statements.all.filter(({ sql }) => /^(WITH|SELECT|UPDATE|DELETE)/.test(sql));
    expect(new Set(lookUps.map(({ sql }) => sql.split(' ', 1)[0]))).toEqual(
      new Set(['WITH', 'SELECT', 'UPDATE', 'DELETE']),
    );
    const plans: { detail: string }[][] = [];
    for (const { sql, parameters } of lookUps)
      plans.push(await dataSource.query(`EXPLAIN QUERY PLAN ${sql}`, parameters));
    const searches = plans.flat().flatMap(({ detail }) => /^(?:SEARCH|SCAN) (?!chain).*/.exec(detail) ?? []);
    expect(searches.filter((search) => !/\((key_id=\? AND (id|item_id|response_id)=\?)/.test(search))).toEqual([]);
  });
});
