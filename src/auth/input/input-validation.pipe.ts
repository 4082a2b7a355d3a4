import { type ArgumentMetadata, Injectable, type ValidationError, ValidationPipe } from '@nestjs/common';
import { type FieldProblem, GatewayError } from '../../core/errors.js';
import { sizeProblem } from './input-size.js';

/**
 * Checks what an admin sent against its DTO: unknown fields are refused by name, and every problem is reported at
 * once. The model API's bodies never pass here; a compiled schema checks them.
 */
@Injectable()
export class InputValidationPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      exceptionFactory: (errors) => invalidInput(errors.flatMap((error) => fieldProblems(error, ''))),
    });
  }

  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (!this.toValidate(metadata)) return super.transform(value, metadata);
    const problem = sizeProblem(value);
    if (problem !== undefined) {
      throw new GatewayError('invalid_request', `The request ${metadata.type} ${problem}`);
    }
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (metadata.type === 'body' && value !== undefined && !isObject) {
      throw new GatewayError('invalid_request', 'The request body must be a JSON object');
    }
    return super.transform(value, metadata);
  }
}

/** The error for input of which these fields are not right. */
export function invalidInput(fields: readonly FieldProblem[]): GatewayError {
  return new GatewayError('invalid_request', fields.map((field) => field.message).join('; '), { fields });
}

function fieldProblems(error: ValidationError, parent: string): FieldProblem[] {
  const path = parent + error.property;
  const messages = new Set(Object.values(error.constraints ?? {}));
  return [
    ...[...messages].map((message) => ({ path, message })),
    ...(error.children ?? []).flatMap((child) => fieldProblems(child, `${path}.`)),
  ];
}
