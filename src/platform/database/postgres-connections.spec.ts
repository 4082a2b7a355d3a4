import { afterEach, beforeEach, expect, it } from '@jest/globals';
import pg from 'pg';
import { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { eventually } from '../../../test/support/ask.js';
import { describeWith } from '../../../test/support/services.js';
import { TroubledWay } from '../../../test/support/troubled-way.js';
import { runLongStatement } from './long-statement.js';
import { PostgresConnections } from './postgres-connections.js';

describeWith('postgres', 'a connection on which nothing moves any more', (url) => {
  const LONGEST_MS = 500;
  const CONNECT_MS = 2_000;
  let way: TroubledWay;
  let pool: pg.Pool;
  let connections: PostgresConnections;

  beforeEach(async () => {
    way = await TroubledWay.to(url);
    pool = new pg.Pool({ connectionString: way.url, max: 2, connectionTimeoutMillis: CONNECT_MS });
    pool.on('error', () => undefined);
    connections = new PostgresConnections(pool, LONGEST_MS);
    await pool.query('SELECT 1');
  });
  afterEach(async () => {
    await pool.end();
    await way.stop();
  });

  it('is closed, and its statement fails; new ones work as soon as the database is there again', async () => {
    void way.fallSilent();
    await expect(pool.query('SELECT 1')).rejects.toThrow('has not answered for 0.5 s');
    expect(pool.totalCount).toBe(0);
    await expect(pool.query('SELECT 1')).rejects.toThrow('timeout');
    way.speakAgain();
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  it('is closed within a transaction too, which is then undone', async () => {
    const client = await pool.connect();
    client.on('error', () => undefined);
    await client.query('BEGIN');
    await expect(client.query('SELECT pg_sleep(10)')).rejects.toThrow('has not answered');
    client.release();
    expect(pool.totalCount).toBe(0);
  });

  it('has its statement stopped on the server: it must not do its work later', async () => {
    const mark = `sleeper ${process.pid} ${performance.now()}`;
    await expect(pool.query(`SELECT pg_sleep(20) -- ${mark}`)).rejects.toThrow('has not answered');
    await eventually(async () => {
      const { rows } = await pool.query(
        "SELECT 1 FROM pg_stat_activity WHERE query LIKE $1 AND state = 'active' AND pid <> pg_backend_pid()",
        [`%-- ${mark}`],
      );
      return rows.length === 0;
    });
  });

  it('is left alone where answers come in time, and while nobody uses it', async () => {
    await pool.query('SELECT pg_sleep(0.1)');
    await new Promise((resolve) => setTimeout(resolve, LONGEST_MS * 1.2));
    expect([pool.totalCount, way.connections]).toEqual([1, 1]);
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  it('gets the time that a long statement needs, for that statement only', async () => {
    const dataSource = await new DataSource({ type: 'postgres', driver: pg, url: way.url, poolSize: 1 }).initialize();
    new PostgresConnections((dataSource.driver as PostgresDriver).master, LONGEST_MS);
    const lasting = `SELECT pg_sleep(${(LONGEST_MS * 1.5) / 1000})`;
    await runLongStatement(dataSource, lasting, []);
    await expect(dataSource.query(lasting)).rejects.toThrow('has not answered for 0.5 s');
    await dataSource.destroy();
  });

  it('is given up with all others when there is no time for it', async () => {
    void way.fallSilent();
    const failed = expect(pool.query('SELECT 1')).rejects.toThrow('given up');
    await eventually(() => pool.totalCount - pool.idleCount === 1);
    connections.giveUp();
    await failed;
    await expect(pool.query('SELECT 1')).rejects.toThrow('timeout');
  });
});
