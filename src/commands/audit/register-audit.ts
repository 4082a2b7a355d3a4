import type { Command } from 'commander';
import type { Surroundings } from '../surroundings.js';
import type { VerifyOptions } from './audit-command.js';

const GROUP_HELP = `
They read the database of the service, whether it runs or not, and need the ENCRYPTION_KEY of the service. The status is
1 when something is wrong.`;

/** `amq-gateway audit …` */
export function registerAudit(program: Command, surroundings: Surroundings): void {
  const audit = program
    .command('audit')
    .description('whether the audit log is as it was written')
    .addHelpText('after', GROUP_HELP);

  audit
    .command('verify')
    .description('finds entries of the audit log that were changed, removed, swapped or added')
    .option('--head <sequence:hash>', 'compares with a head noted before; each log line of an audited event has one')
    .option('--json', 'prints one JSON document')
    .action(async (options: VerifyOptions) => {
      const { verifyAudit } = await import('./audit-command.js');
      await verifyAudit(options, surroundings);
    });

  audit
    .command('head')
    .description("the newest entry, as SEQUENCE:HASH: note it where whoever can write to the database can't")
    .option('--json', 'prints one JSON document')
    .action(async (options: { json?: boolean }) => {
      const { auditHead } = await import('./audit-command.js');
      await auditHead(options, surroundings);
    });
}
