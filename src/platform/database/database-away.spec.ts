import { describe, expect, it } from '@jest/globals';
import { QueryFailedError } from 'typeorm';
import { GatewayError } from '../../core/errors.js';
import { tellDatabaseAway } from './database-away.js';

const error = (message: string, fields: object = {}) => Object.assign(new Error(message), fields);
const failed = (cause: Error) => new QueryFailedError('SELECT 1', [], cause);

describe('a statement that failed', () => {
  it.each<[string, Error]>([
    ['the connection was refused', error('connect ECONNREFUSED', { code: 'ECONNREFUSED', syscall: 'connect' })],
    ['the connection broke', failed(error('read ECONNRESET', { code: 'ECONNRESET' }))],
    ['the pool waited too long', error('timeout exceeded when trying to connect')],
    ['the server went', failed(error('Connection terminated unexpectedly'))],
    ['the server shuts down', failed(error('terminating connection', { code: '57P01' }))],
    ['there are too many clients', failed(error('too many clients', { code: '53300' }))],
    ['it hung', failed(error('The database has not answered for 10 s'))],
    ['somebody else writes', failed(error('SQLITE_BUSY: database is locked', { code: 'SQLITE_BUSY' }))],
    ['the disk is full', failed(error('SQLITE_FULL: database or disk is full', { code: 'SQLITE_FULL' }))],
  ])('because %s is told as a database that is away', (_why, thrown) => {
    expect(tellDatabaseAway(thrown)).toMatchObject({ kind: 'unavailable', shouldRetry: true, cause: thrown });
  });

  it.each<[string, unknown]>([
    ['a fault of ours', failed(error('syntax error', { code: '42601' }))],
    ['a row that is there', failed(error('SQLITE_CONSTRAINT', { code: 'SQLITE_CONSTRAINT' }))],
    ['a connection to somebody else that broke', error('read ECONNRESET', { code: 'ECONNRESET', syscall: 'read' })],
    ['an error that was told already', new GatewayError('conflict', 'It is there.')],
    ['no error', 'away'],
  ])('is left as it is when it is %s', (_what, thrown) => {
    expect(tellDatabaseAway(thrown)).toBe(thrown);
  });
});
