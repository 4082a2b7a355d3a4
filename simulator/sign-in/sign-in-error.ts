/** An error of the token endpoint (sheet §9.2). */
export class SignInError extends Error {
  constructor(
    readonly error: string,
    description: string,
    readonly status = 400,
  ) {
    super(description);
  }
}

export function invalidRequest(description: string): SignInError {
  return new SignInError('invalid_request', description);
}
