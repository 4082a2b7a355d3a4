#!/usr/bin/env node
import { ProcessSurroundings } from './process-surroundings.js';
import { refuseOldNode } from './refuse-old-node.js';
import { runCommandLine } from './run-command-line.js';

// Little is loaded here: each command brings what it needs when it runs.
process.setSourceMapsEnabled(true);
refuseOldNode(process.versions.node);
const [, , ...args] = process.argv;
const surroundings = new ProcessSurroundings();
await runCommandLine(args, surroundings);
process.exitCode = surroundings.status;
