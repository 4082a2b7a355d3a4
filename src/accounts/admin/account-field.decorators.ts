import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ValidateBy, ValidateIf } from 'class-validator';
import {
  NUMBER_RULES,
  type NumberField,
  numberProblem,
  TEXT_RULES,
  type TextField,
  type TextRule,
  textProblem,
} from '../account-fields.js';
import { parseInstant } from '../import/parse-instant.js';

/** A field of an account that holds text, by the rule of its name. */
export function AccountText(field: TextField, example: string): PropertyDecorator {
  const { longest, pattern }: TextRule = TEXT_RULES[field];
  return applyDecorators(
    Checked((value) => textProblem(field, value)),
    ApiProperty({ type: String, minLength: 1, maxLength: longest, pattern: pattern.source, example }),
  );
}

/** A field of an account that holds a whole number, by the rule of its name. */
export function AccountNumber(field: NumberField, example: number): PropertyDecorator {
  const { min, max } = NUMBER_RULES[field];
  return applyDecorators(
    Checked((value) => numberProblem(field, value)),
    ApiProperty({ type: 'integer', minimum: min, maximum: max, example }),
  );
}

/** A field that holds an instant. */
export function Instant(field: string, example: string): PropertyDecorator {
  const problem = `${field} must be an ISO 8601 time with its zone, such as ${example}`;
  return applyDecorators(
    Checked((value) => (isZonedTime(value) && parseInstant(value) ? undefined : problem)),
    ApiProperty({ type: String, format: 'date-time', example }),
  );
}

/** Of the notations that files have, the one that leaves nothing open. */
function isZonedTime(value: unknown): value is string {
  return typeof value === 'string' && /^\d[\d-]+T[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(value);
}

/** A field that may be left out, but is not taken away by null. */
export function NotNull(): PropertyDecorator {
  return ValidateIf((_object, value) => value !== undefined);
}

function Checked(problemOf: (value: unknown) => string | undefined): PropertyDecorator {
  return ValidateBy({
    name: 'accountField',
    validator: {
      validate: (value) => problemOf(value) === undefined,
      defaultMessage: (checked) => problemOf(checked?.value) ?? '',
    },
  });
}
