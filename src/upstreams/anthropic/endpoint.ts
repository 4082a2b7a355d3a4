/** An endpoint of the Messages API: where it is. */
export interface Endpoint {
  origin: string;
  /** What stands before `/v1`, without a slash at its end. */
  prefix: string;
}

/** Where an account that names no other place is asked. */
export const OFFICIAL_API = 'https://api.anthropic.com';

/** Base URLs are written with `/v1` and without, with a slash at the end and without. */
const OWN_END = /(\/v1)?\/*$/;

/** @param baseUrl passed `endpointProblem` */
export function endpointOf(baseUrl: string): Endpoint {
  const { origin, pathname } = new URL(baseUrl);
  return { origin, prefix: pathname.replace(OWN_END, '') };
}
