import type { Command } from 'commander';

/** `amq-gateway serve`: the service itself. It listens for signals first of all, and ends its process by itself. */
export function registerServe(program: Command): void {
  program
    .command('serve')
    .description('runs the gateway until SIGTERM or Ctrl-C')
    .action(async () => {
      const { serve } = await import('../serve.js');
      await serve();
    });
}
