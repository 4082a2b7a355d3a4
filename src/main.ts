import { refuseOldNode } from './commands/refuse-old-node.js';
import { serve } from './serve.js';

refuseOldNode(process.versions.node);
await serve();
