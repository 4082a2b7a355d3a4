import type { Command } from 'commander';
import type { Surroundings } from './surroundings.js';

/** `amq-gateway migrate`: what `serve` does to the database before it listens, and nothing else. */
export function registerMigrate(program: Command, surroundings: Surroundings): void {
  program
    .command('migrate')
    .description('prepares the database for this version and ends; serve does the same by itself')
    .option('--json', 'one JSON document: {"database":…,"migrations":[…]}')
    .addHelpText(
      'after',
      `
Safe to run several times, and by several replicas at once: one migrates, the others wait for it. Refuses a database
whose secrets another ENCRYPTION_KEY encrypted, and leaves it as it was.`,
    )
    .action(async ({ json = false }: { json?: boolean }) => {
      const { migrateDatabase } = await import('./migrate-database.js');
      const { database, migrations } = await migrateDatabase(surroundings.environment);
      if (json) return await surroundings.output.print(`${JSON.stringify({ database, migrations }, null, 2)}\n`);
      const done = migrations.length > 0 ? `ran ${migrations.join(', ')}` : 'nothing to do';
      await surroundings.output.print(`${database}: ${done}\n`);
    });
}
