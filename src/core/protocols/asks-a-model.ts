/** Counting tokens is no answer of a model. */
const ASKS_A_MODEL = /^\/(?:v1\/)?(?:messages|chat\/completions|responses(?:\/compact)?)\/?$/;

/** Whether a request asks a model for an answer, by its method and its path without the query. */
export function asksAModel(method: string, path: string): boolean {
  return method === 'POST' && ASKS_A_MODEL.test(path);
}
