/** An error of the token endpoint (sheet §9.2). */
export class SignInError extends Error {
  constructor(
    readonly error: string,
    description: string,
    readonly status = 400,
    /** What stands beside error and description. */
    readonly fields: Readonly<Record<string, string>> = {},
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(description);
  }
}

export function invalidRequest(description: string): SignInError {
  return new SignInError('invalid_request', description);
}

/** The sign-in belongs to another region, whose host is named (sheet §9.2). */
export function wrongRegion(region: string): SignInError {
  const fields = { endpoint: `https://oidc.${region}.amazonaws.com`, region };
  const headers = { 'x-amzn-errortype': 'InvalidRequestRegionException' };
  return new SignInError('invalid_request', 'The request was sent to the wrong region', 400, fields, headers);
}
