import { FirstTables1795197600000 } from './1795197600000-FirstTables.js';
import { StoredResponses1795284000000 } from './1795284000000-StoredResponses.js';

/** In the order they run. A list, not a glob: it is the same in sources, in dist/ and under tests. */
export const migrations = [FirstTables1795197600000, StoredResponses1795284000000];
