/** The process' status when a command was carried out and did not succeed. */
export const FAILED = 1;
/** The same when nothing was done: the command line is not right. */
export const WRONG_USAGE = 2;
