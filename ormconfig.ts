import { existsSync } from 'node:fs';
import { DataSource } from 'typeorm';
import { databaseSchema } from './src/database-schema.js';
import { readConfiguration } from './src/platform/config/configuration.js';
import { dataSourceOptions } from './src/platform/database/data-source-options.js';

if (existsSync('.env')) process.loadEnvFile('.env');

/** For TypeORM's command line; the service itself migrates at every start. */
export default new DataSource(dataSourceOptions(readConfiguration(process.env).settings, databaseSchema));
