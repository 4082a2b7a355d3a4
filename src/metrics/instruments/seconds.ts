/** Bounds of what a whole answer takes, in seconds. */
export const ANSWER_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
/** Of what a client waits for the first token: closer together where people notice. */
export const FIRST_TOKEN_SECONDS = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 20, 30, 60];
